/** Writes protocol buffer messages: the four wire forms that ONNX files need, nothing else. */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** An int64 or enum field. Negative numbers take ten bytes, as the format asks. */
  integer(field: number, value: number | bigint): this {
    return this.#append(varint(BigInt(field) << 3n)).#append(varint(BigInt(value)));
  }

  /** A 32-bit float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#append(varint((BigInt(field) << 3n) | 5n)).#append(bytes);
  }

  /** A string field, as UTF-8. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** A bytes or nested message field. */
  bytes(field: number, value: Uint8Array): this {
    return this.#append(varint((BigInt(field) << 3n) | 2n))
      .#append(varint(BigInt(value.length)))
      .#append(value);
  }

  /** A nested message field. */
  message(field: number, write: (writer: ProtobufWriter) => void): this {
    const writer = new ProtobufWriter();
    write(writer);
    return this.written(field, writer);
  }

  /** A nested message that was written before; copied by `finish` alone, for it may be a whole net. */
  written(field: number, message: ProtobufWriter): this {
    this.#append(varint((BigInt(field) << 3n) | 2n)).#append(varint(BigInt(message.#length)));
    for (const chunk of message.#chunks) this.#append(chunk);
    return this;
  }

  /** Everything written so far, in one array. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }

  #append(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
