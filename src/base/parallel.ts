/**
 * Does `work` for every item, at most `width` at a time, in order of start. When one throws, no
 * further item is begun, those under way are waited for, and the first error is thrown.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done && !failed; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.max(1, width) }, lane));
  for (const outcome of lanes) if (outcome.status === "rejected") throw outcome.reason;
}

/**
 * Does `work` for every item of a stream, at most `width` at a time, and yields what came of them in
 * the stream's order. No more items are taken than are under way. When one throws, or nobody wants
 * more, those under way are waited for; `discard` is then handed what came of them.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
  discard: (result: R) => void = () => {},
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const one = work(item);
      // Its failure is thrown when its turn comes.
      one.catch(() => {});
      underWay.push(one);
      const [first] = underWay;
      if (underWay.length < width || !first) continue;
      const result = await first;
      void underWay.shift();
      yield result;
    }
    for (let first = underWay[0]; first; first = underWay[0]) {
      const result = await first;
      void underWay.shift();
      yield result;
    }
  } finally {
    for (const one of await Promise.allSettled(underWay))
      if (one.status === "fulfilled") discard(one.value);
  }
}
