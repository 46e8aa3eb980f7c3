import assert from "node:assert/strict";
import test from "node:test";
import { AssertionError } from "../base/errors.ts";
import { MediaError } from "../media/errors.ts";
import { FacesError } from "./errors.ts";
import { embeddingsIn, toError, toFailed } from "./messages.ts";

test("errors keep class, code and message on their way between threads", () => {
  const errors = [
    new MediaError("corrupt"),
    new MediaError("not_a_picture", { found: "zip" }),
    new FacesError("model_missing", "Not found: face.onnx."),
    new AssertionError("a box is no box"),
  ];
  for (const error of errors) {
    const back = toError(structuredClone(toFailed(error)));
    assert.equal(back.constructor, error.constructor);
    assert.equal(back.message, error.message);
    if ("code" in error) assert.equal("code" in back && back.code, error.code);
  }
});

test("what is thrown and is no error becomes one", () => {
  assert.ok(toError(toFailed("oops")) instanceof AssertionError);
});

test("every embedding of a result is listed", () => {
  const one = Float32Array.of(1);
  const two = Float32Array.of(2);
  assert.deepEqual(embeddingsIn({ kind: "embed", embeddings: [one, null, two] }), [one, two]);
  assert.deepEqual(embeddingsIn({ kind: "open", pack: "fake", templateSize: 1 }), []);
});
