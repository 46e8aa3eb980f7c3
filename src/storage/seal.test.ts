import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { KEY_BYTES, seal, unseal } from "./seal.ts";

const broken = { code: "seal_broken" };

test("R19 opens what it sealed, under the same key and context alone", () => {
  const key = randomBytes(KEY_BYTES);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.string()), (plain, context) => {
      const sealed = seal(key, plain, context);
      assert.deepEqual(new Uint8Array(unseal(key, sealed, context)), plain);
      assert.throws(() => unseal(randomBytes(KEY_BYTES), sealed, context), broken);
      assert.throws(() => unseal(key, sealed, [...context, ""]), broken);
    }),
    { numRuns: 50 },
  );
});

test("R19 refuses a sealed value with any one bit changed, or cut anywhere", () => {
  const key = randomBytes(KEY_BYTES);
  const sealed = seal(key, Buffer.from("a template"), ["template"]);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = new Uint8Array(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => unseal(key, changed, ["template"]), broken);
  }
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => unseal(key, sealed.subarray(0, length), ["template"]), broken);
  }
});

test("keeps contexts apart that read alike when put together", () => {
  const key = randomBytes(KEY_BYTES);
  const sealed = seal(key, Buffer.from("x"), ["ab", "c"]);
  assert.throws(() => unseal(key, sealed, ["a", "bc"]), broken);
  assert.throws(() => unseal(key, sealed, ['ab","c']), broken);
});

test("seals the same bytes differently each time", () => {
  const key = randomBytes(KEY_BYTES);
  const plain = Buffer.from("the same");
  const nonces = Array.from({ length: 100 }, () => {
    return Buffer.from(seal(key, plain, [])).toString("hex", 0, 12);
  });
  assert.equal(new Set(nonces).size, 100);
});
