import { ConnectionError } from "./errors.ts";

/** A message is a few hundred characters; what grows beyond this is none. */
const MESSAGE_LENGTH_MAX = 1_000_000;

/**
 * The values of server-sent events (HTML Standard, 9.2.6), each as JSON. Throws ConnectionError:
 * unreachable where the stream breaks off, not_understood.
 */
export async function* readEvents(answer: Response): AsyncGenerator {
  let data = "";
  for await (const line of linesOf(answer)) {
    if (line.startsWith("data:")) data += line.slice(5).trimStart();
    if (line !== "" || data === "") continue;
    yield parse(data);
    data = "";
  }
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (!body) return;
  let rest = "";
  for await (const text of textsOf(body)) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/u);
    rest = lines.pop() ?? "";
    if (rest.length > MESSAGE_LENGTH_MAX) {
      throw new ConnectionError("not_understood", "An event is too long.");
    }
    yield* lines;
  }
}

async function* textsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readFrom(reader);
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    // Whoever stops reading hangs up.
    await reader.cancel().catch(() => undefined);
  }
}

async function readFrom(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof DOMException) throw cause;
    throw new ConnectionError("unreachable", "The events broke off.", { cause });
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new ConnectionError("not_understood", "An event is not JSON.", { cause });
  }
}
