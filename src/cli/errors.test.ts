import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "../base/errors.ts";
import { StorageError } from "../storage/errors.ts";
import { describeFailure, EXIT, UsageError } from "./errors.ts";
import { StoppedError } from "./stop.ts";

test("a wrong use, a refusal and a stop are told apart by their exit codes", () => {
  const usage = describeFailure(new UsageError("Give --x."));
  assert.deepEqual(usage, { line: "usage: Give --x.", exit: EXIT.usage });
  const refused = describeFailure(new StorageError("blob_missing", "A photo is missing."));
  assert.deepEqual(refused, { line: "blob_missing: A photo is missing.", exit: EXIT.failed });
  const stopped = describeFailure(new StoppedError("stopped", "Stopped."));
  assert.deepEqual(stopped, { line: "Stopped.", exit: EXIT.stopped });
});

test("a failure of the machine is told with what to do, and is no bug", () => {
  const system = (fields: object) => describeFailure(Object.assign(new Error("secret"), fields));
  for (const fields of [
    { code: "ENOSPC" },
    { code: "ERR_SQLITE_ERROR", errcode: 13 },
    // SQLITE_IOERR_WRITE: the low byte is SQLITE_IOERR.
    { code: "ERR_SQLITE_ERROR", errcode: 778 },
    { code: "57P01" },
  ]) {
    const { line, exit } = system(fields);
    assert.match(line, /^system \([\w ]+\): [A-Z].*\.$/u);
    assert.equal(exit, EXIT.failed);
  }
});

test("whatever else fails is a bug, and nothing of its text is shown", () => {
  const told = [
    describeFailure(new AssertionError("secret")),
    describeFailure(new Error("secret")),
    describeFailure(Object.assign(new Error("secret"), { code: "ERR_SQLITE_ERROR", errcode: 19 })),
    describeFailure("secret"),
  ];
  for (const { line, exit } of told) {
    assert.match(line, /^bug/u);
    assert.doesNotMatch(line, /secret/u);
    assert.equal(exit, EXIT.bug);
  }
});
