import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { FacesError } from "../errors.ts";
import { readFields } from "./protobuf-reader.ts";
import { ProtobufWriter } from "./protobuf.ts";

test("reads what the writer wrote", () => {
  const field = fc.integer({ min: 1, max: 500_000 });
  const value = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 300 }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(field, value)), (fields) => {
      const writer = new ProtobufWriter();
      for (const [number, value] of fields) {
        if (typeof value === "bigint") writer.integer(number, value);
        else writer.bytes(number, value);
      }
      const read = readFields(writer.finish());
      assert.deepEqual(
        read.map((one) => {
          const value =
            one.kind === "varint" ? BigInt.asIntN(64, one.value) : Uint8Array.from(one.value);
          return [one.field, value];
        }),
        fields,
      );
    }),
  );
});

test("reads numbers of four and eight bytes as bytes", () => {
  const bytes = Uint8Array.of(0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual(readFields(bytes), [
    { field: 1, kind: "fixed32", value: bytes.subarray(1, 5) },
    { field: 2, kind: "fixed64", value: bytes.subarray(6, 14) },
  ]);
});

test("a message cut short, or of no known form, is malformed", () => {
  const whole = new ProtobufWriter().text(3, "twelve bytes").finish();
  const hostile = [
    ...Array.from({ length: whole.length - 1 }, (_, length) => whole.subarray(0, length + 1)),
    // A length of 2^63; a varint without end; the groups of proto2; a form that doesn't exist.
    Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    new Uint8Array(40).fill(0xff),
    Uint8Array.of(0x0b),
    Uint8Array.of(0x0f),
  ];
  for (const bytes of hostile) {
    assert.throws(
      () => readFields(bytes),
      (error) => error instanceof FacesError && error.code === "model_malformed",
    );
  }
});
