import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddresses } from "./addresses.ts";

test("a pasted list of addresses is read, each once, and what is none is told", () => {
  const typed =
    "Anna <anna@club.example>, bert@club.example;\n ANNA@club.example\n\nnobody\n a@b@c";
  assert.deepEqual(readAddresses(typed), {
    found: ["ANNA@club.example", "bert@club.example"],
    wrong: ["nobody", "a@b@c"],
  });
  assert.deepEqual(readAddresses(" \n,;"), { found: [], wrong: [] });
});
