import type { CallOptions } from "./calls.ts";

/** A method of a list, which is asked page after page. */
type List = (
  // Any list's own input; what is given to `each` is of its type.
  input: never,
  options?: CallOptions,
) => Promise<{ readonly items: readonly unknown[]; readonly next: string | null }>;

type InputOfList<Of extends List> = NonNullable<Parameters<Of>[0]>;
type ItemOfList<Of extends List> = Awaited<ReturnType<Of>>["items"][number];

/**
 * Every item of a list, page after page as they are wanted:
 * `for await (const person of each(assent.listPeople, { collection })) ...`
 */
export async function* each<Of extends List>(
  list: Of,
  input: InputOfList<Of>,
  options: CallOptions = {},
): AsyncGenerator<ItemOfList<Of>> {
  for (let from: object = {}; ;) {
    const page = await list({ ...(input as object), ...from } as never, options);
    for (const item of page.items) yield item as Awaited<ItemOfList<Of>>;
    if (page.next === null) return;
    from = { cursor: page.next };
  }
}
