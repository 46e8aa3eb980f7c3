import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { complain, count, progressBar, say, table, wrapped } from "./output.ts";

/** What is written to a stream while `work` runs. */
function written(t: TestContext, stream: "stdout" | "stderr", work: () => void): string {
  let text = "";
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  const mocked = t.mock.method(process[stream], "write", write);
  try {
    work();
  } finally {
    mocked.mock.restore();
  }
  return text;
}

test("names with control characters don't steer the terminal", (t) => {
  const name = "a\u001B[31mb\u009Bc\u202Egpj\td\u007F";
  const plain = "a\uFFFD[31mb\uFFFDc\uFFFDgpj\uFFFDd\uFFFD\n";
  assert.equal(
    written(t, "stdout", () => say(name)),
    plain,
  );
  assert.equal(
    written(t, "stderr", () => complain(name)),
    plain,
  );
  assert.equal(
    written(t, "stdout", () => say("two\nlines")),
    "two\nlines\n",
  );
});

test("columns are aligned, without spaces at the ends", () => {
  assert.deepEqual(
    table([
      ["a", "long", "x"],
      ["longer", "b", ""],
    ]),
    ["a       long  x", "longer  b"],
  );
});

test("counts have their noun", () => {
  assert.deepEqual(
    [count(0, "photo"), count(1, "photo"), count(2, "person", "people")],
    ["0 photos", "1 photo", "2 people"],
  );
});

test("a paragraph breaks at spaces, and a word longer than a line stays whole", () => {
  assert.equal(wrapped("one two three", 7, "  "), "one two\n  three");
  assert.equal(wrapped("alonglongword b", 5, ""), "alonglongword\nb");
  assert.equal(wrapped("", 5, ""), "");
});

test("progress is one line in the end where there is no terminal, and none for nothing", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  Object.defineProperty(process.stderr, "isTTY", { value: false, configurable: true });
  const some = written(t, "stderr", () => {
    using bar = progressBar("Importing", "photos");
    t.mock.timers.tick(3000);
    bar.update(10, 30);
    t.mock.timers.tick(2000);
    bar.update(20, 30);
    t.mock.timers.tick(4000);
    bar.update(25, 30);
    bar.update(30, 30);
  });
  assert.equal(
    some,
    "Importing 20/30  2 s left, 5.0 photos/s\nImporting 30/30  in 9 s, 3.3 photos/s\n",
  );
  const long = written(t, "stderr", () => {
    using bar = progressBar("Importing", "files");
    bar.update(0, 1);
    for (const minute of [1, 2]) {
      t.mock.timers.tick(60_000);
      bar.update(0.09 * minute, 1);
    }
  });
  assert.equal(
    long,
    "Importing 0/1  10 min 7 s left, 5.4 files/h\nImporting 0.1/1  9 min 7 s left, 5.4 files/h\n" +
      "Importing 0.1/1  in 2 min 0 s, 5.4 files/h\n",
  );
  const none = written(t, "stderr", () => {
    using bar = progressBar("Importing", "photos");
    bar.update(0, 0);
  });
  assert.equal(none, "");
});
