import assert from "node:assert/strict";
import { test } from "node:test";
import { Tensor } from "onnxruntime-node";
import { FacesError } from "../errors.ts";
import { withDynamicSize } from "./dynamic-size.ts";
import { OnnxGraph } from "./graph.ts";
import { readFields } from "./protobuf-reader.ts";
import { ProtobufWriter } from "./protobuf.ts";
import { openSession } from "./session.ts";

/** Adds up 2 x 2 blocks; made for pictures of 4 x 4, as YuNet's file is made for 640 x 640. */
function fixedNet(): Uint8Array {
  const graph = new OnnxGraph();
  const input = graph.input("input", [1, 1, 4, 4]);
  const weights = graph.constant([1, 1, 2, 2], Float32Array.of(1, 1, 1, 1));
  const sums = graph.node("Conv", [input, weights], { strides: { ints: [2, 2] } });
  graph.node("Reshape", [sums, graph.integers(1, -1, 1)], {}, "sums");
  graph.output("sums", [1, 4, 1]);
  return graph.finish("fixed");
}

async function sumsOf(model: Uint8Array, width: number, height: number): Promise<Float32Array> {
  const session = await openSession(model, { threads: 1 });
  try {
    const data = Float32Array.from({ length: width * height }, (_, index) => index);
    const input = new Tensor("float32", data, [1, 1, height, width]);
    const sums = (await session.run({ input }))["sums"];
    assert.ok(sums?.data instanceof Float32Array);
    return sums.data;
  } finally {
    await session.release();
  }
}

test("a net made for one size takes another after its declared sizes are freed", async () => {
  const fixed = fixedNet();
  await assert.rejects(sumsOf(fixed, 6, 2));
  const free = withDynamicSize(fixed);
  assert.deepEqual(await sumsOf(free, 6, 2), Float32Array.of(14, 22, 30));
  assert.deepEqual(await sumsOf(free, 4, 4), await sumsOf(fixed, 4, 4));
});

test("sizes noted for what lies within go, everything else stays as it was", () => {
  const graph = new ProtobufWriter().text(2, "name").text(13, "noted within").finish();
  const model = new ProtobufWriter().integer(1, 8).bytes(7, graph).text(2, "maker").finish();
  const kept = new ProtobufWriter().text(2, "name").finish();
  const expected = new ProtobufWriter().integer(1, 8).bytes(7, kept).text(2, "maker").finish();
  assert.deepEqual(readFields(withDynamicSize(model)), readFields(expected));
});

test("what is no model is refused as malformed", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), fixedNet().subarray(0, 100)]) {
    assert.throws(
      () => withDynamicSize(bytes),
      (error) => error instanceof FacesError && error.code === "model_malformed",
    );
  }
});
