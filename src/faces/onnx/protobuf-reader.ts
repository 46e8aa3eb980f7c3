import { FacesError } from "../errors.ts";

/** One field of a message: a number (varint), or bytes (text, nested message, fixed 4 or 8). */
export type ProtobufField =
  | { readonly field: number; readonly kind: "varint"; readonly value: bigint }
  | {
      readonly field: number;
      readonly kind: "bytes" | "fixed32" | "fixed64";
      readonly value: Uint8Array;
    };

/**
 * Splits a protocol buffer message into its fields, one level deep; values are views into `bytes`.
 * Throws FacesError `model_malformed` when the bytes end early or hold a form proto3 doesn't have.
 */
export function readFields(bytes: Uint8Array): readonly ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed();
  }

  function take(length: number): Uint8Array {
    if (length > bytes.length - at) throw malformed();
    at += length;
    return bytes.subarray(at - length, at);
  }

  while (at < bytes.length) {
    const key = varint();
    const field = Number(key >> 3n);
    const form = Number(key & 7n);
    if (form === 0) fields.push({ field, kind: "varint", value: varint() });
    else if (form === 1) fields.push({ field, kind: "fixed64", value: take(8) });
    else if (form === 2) fields.push({ field, kind: "bytes", value: take(Number(varint())) });
    else if (form === 5) fields.push({ field, kind: "fixed32", value: take(4) });
    else throw malformed();
  }
  return fields;
}

function malformed(): FacesError {
  return new FacesError("model_malformed", "A model file is cut short or is no ONNX model.");
}
