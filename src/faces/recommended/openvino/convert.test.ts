import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Tensor } from "onnxruntime-node";
import { shared } from "../../../../test/shared.ts";
import { FacesError } from "../../errors.ts";
import type { FacesCode } from "../../errors.ts";
import { openSession } from "../../onnx/session.ts";
import { convertIr } from "./convert.ts";

/** Writes a small OpenVINO IR, one layer after the other, as the real ones are written. */
class Ir {
  readonly #layers: string[] = [];
  readonly #edges: string[] = [];
  readonly #weights: Uint8Array[] = [];
  #offset = 0;

  layer(
    type: string,
    from: readonly string[],
    shape: readonly number[] | null,
    data: Readonly<Record<string, string>> = {},
  ): string {
    const id = String(this.#layers.length);
    const settings = Object.entries(data).map(([name, value]) => `${name}="${value}"`);
    const dims = shape?.map((size) => `<dim>${size}</dim>`).join("");
    const output = dims === undefined ? "" : `<output><port id="9">${dims}</port></output>`;
    this.#layers.push(
      `<layer id="${id}" name="n${id}" type="${type}" version="opset1">` +
        `<data ${settings.join(" ")}/>${output}</layer>`,
    );
    // Written backwards: the ports say the order, the lines do not.
    for (const [port, source] of [...from.entries()].toReversed()) {
      const ends = `from-layer="${source}" from-port="9" to-layer="${id}" to-port="${port}"`;
      this.#edges.push(`<edge ${ends}/>`);
    }
    return id;
  }

  /** A constant in half precision with the Convert that OpenVINO puts behind it. */
  half(shape: readonly number[], values: readonly number[]): string {
    const halves = Float16Array.from(values);
    const constant = this.#constant(shape, new Uint8Array(halves.buffer), "f16");
    return this.layer("Convert", [constant], shape, { destination_type: "f32" });
  }

  single(shape: readonly number[], values: readonly number[]): string {
    return this.#constant(shape, new Uint8Array(Float32Array.from(values).buffer), "f32");
  }

  #constant(shape: readonly number[], bytes: Uint8Array, type: string): string {
    const offset = String(this.#offset);
    this.#weights.push(bytes);
    this.#offset += bytes.length;
    return this.layer("Const", [], shape, {
      element_type: type,
      shape: shape.join(", "),
      offset,
      size: String(bytes.length),
    });
  }

  get xml(): Uint8Array {
    const layers = `<layers>${this.#layers.join("")}</layers>`;
    const edges = `<edges>${this.#edges.join("")}</edges>`;
    const net = `<?xml version="1.0"?><net name="x" version="11">${layers}${edges}</net>`;
    return new TextEncoder().encode(net);
  }

  get weights(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#weights));
  }
}

const NUMPY = { auto_broadcast: "numpy" };
const POOL = {
  kernel: "2, 2",
  strides: "2, 2",
  pads_begin: "0, 0",
  pads_end: "0, 0",
  "exclude-pad": "true",
  auto_pad: "explicit",
  rounding_type: "floor",
};

function convolution(stride: number, padding: number): Readonly<Record<string, string>> {
  return {
    strides: `${stride}, ${stride}`,
    dilations: "1, 1",
    pads_begin: `${padding}, ${padding}`,
    pads_end: `${padding}, ${padding}`,
    auto_pad: "explicit",
  };
}

/** Numbers between -1 and 1 that halves hold exactly, the same at every run. */
function values(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, index) => (((index + seed) * 37) % 129) / 64 - 1);
}

async function run(
  model: Uint8Array,
  shape: readonly number[],
  data: readonly number[],
): Promise<{ readonly dims: readonly number[]; readonly data: readonly number[] }> {
  const session = await openSession(model, { threads: 1 });
  try {
    const input = new Tensor("float32", Float32Array.from(data), shape);
    const output = (await session.run({ input }))["output"];
    assert.ok(output?.data instanceof Float32Array);
    return { dims: output.dims, data: [...output.data] };
  } finally {
    await session.release();
  }
}

function assertNear(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index]!;
    assert.ok(Math.abs(value - wanted) < 1e-4, `${index}: ${value} is not ${wanted}`);
  });
}

type Planes = readonly (readonly number[])[];

/** A 3x3 convolution with padding 1 by plain loops; `weights[out][in]` are nine numbers each. */
function plainConvolution(
  input: Planes,
  weights: readonly (readonly (readonly number[] | null)[])[],
  { side, stride }: { readonly side: number; readonly stride: number },
): Planes {
  const at = (plane: readonly number[], y: number, x: number): number =>
    y < 0 || x < 0 || y >= side || x >= side ? 0 : plane[y * side + x]!;
  return weights.map((kernels) => {
    const plane: number[] = [];
    for (let y = 0; y < side; y += stride) {
      for (let x = 0; x < side; x += stride) {
        let sum = 0;
        kernels.forEach((kernel, channel) => {
          kernel?.forEach((weight, index) => {
            const dy = Math.floor(index / 3) - 1;
            sum += weight * at(input[channel]!, y + dy, x + (index % 3) - 1);
          });
        });
        plane.push(sum);
      }
    }
    return plane;
  });
}

test("a net of convolutions computes what plain loops compute, for a batch of two", async () => {
  const kernels = values(4 * 2 * 9, 1);
  const bias = values(4, 5);
  const depthwise = values(4 * 9, 9);
  const slopes = [0.25, 0.5, -0.125, 0];

  const ir = new Ir();
  const input = ir.layer("Parameter", [], [1, 2, 4, 4], { shape: "1,2,4,4", element_type: "f32" });
  const factors = ir.half([1, 2, 1, 1], [2, 0.5]);
  const scaled = ir.layer("Multiply", [input, factors], [1, 2, 4, 4], NUMPY);
  const weights = ir.half([4, 2, 3, 3], kernels);
  const mixed = ir.layer("Convolution", [scaled, weights], [1, 4, 4, 4], convolution(1, 1));
  const added = ir.layer("Add", [mixed, ir.half([1, 4, 1, 1], bias)], [1, 4, 4, 4], NUMPY);
  const one = ir.layer("PReLU", [added, ir.half([1], [0.25])], [1, 4, 4, 4]);
  const groups = ir.half([4, 1, 1, 3, 3], depthwise);
  const apart = ir.layer("GroupConvolution", [one, groups], [1, 4, 2, 2], convolution(2, 1));
  const many = ir.layer("PReLU", [apart, ir.single([4], slopes)], [1, 4, 2, 2]);
  const soft = ir.layer("Sigmoid", [many], [1, 4, 2, 2]);
  ir.layer("Result", [ir.layer("AvgPool", [soft], [1, 4, 1, 1], POOL)], null);

  const data = values(2 * 32, 21);
  const output = await run(convertIr(ir.xml, ir.weights), [2, 2, 4, 4], data);
  const expected = slices(data, 32).flatMap((item) => {
    const planes = slices(item, 16).map((plane, channel) =>
      plane.map((value) => value * (channel === 0 ? 2 : 0.5)),
    );
    const all = slices(kernels, 18).map((kernel) => slices(kernel, 9));
    const first = plainConvolution(planes, all, { side: 4, stride: 1 }).map((plane, channel) =>
      plane.map((value) => leaky(value + bias[channel]!, 0.25)),
    );
    const own = slices(depthwise, 9).map((kernel, channel) =>
      first.map((_, other) => (other === channel ? kernel : null)),
    );
    return plainConvolution(first, own, { side: 4, stride: 2 }).map((plane, channel) => {
      const soft = plane.map((value) => 1 / (1 + Math.exp(-leaky(value, slopes[channel]!))));
      return soft.reduce((sum, value) => sum + value, 0) / soft.length;
    });
  });
  assert.deepEqual(output.dims, [2, 4, 1, 1]);
  assertNear(output.data, expected);
});

test("a matrix product takes either side transposed", async () => {
  const matrix = values(3 * 4, 3);
  const ir = new Ir();
  const input = ir.layer("Parameter", [], [1, 4], { shape: "1,4", element_type: "f32" });
  const product = ir.layer("MatMul", [input, ir.half([3, 4], matrix)], [1, 3], {
    transpose_a: "false",
    transpose_b: "true",
  });
  ir.layer("Result", [product], null);
  const data = values(8, 7);
  const output = await run(convertIr(ir.xml, ir.weights), [2, 4], data);
  const expected = slices(data, 4).flatMap((row) =>
    slices(matrix, 4).map((other) => row.reduce((sum, value, i) => sum + value * other[i]!, 0)),
  );
  assertNear(output.data, expected);
});

test("an unknown layer, type or setting is refused by its own code", () => {
  const settings = convolution(1, 1);
  const unknown: readonly ((ir: Ir, input: string) => string)[] = [
    (ir, input) => ir.layer("Swish", [input], [1, 1, 2, 2]),
    (ir, input) => {
      const weights = ir.half([1, 1, 3, 3], values(9, 0));
      const odd = { ...settings, auto_pad: "same_upper" };
      return ir.layer("Convolution", [input, weights], [1, 1, 2, 2], odd);
    },
    // Weights that are computed while the net runs.
    (ir, input) => ir.layer("Convolution", [input, input], [1, 1, 2, 2], settings),
    (ir, input) => ir.layer("Convert", [input], [1, 1, 2, 2], { destination_type: "f16" }),
    (ir, input) => {
      return ir.layer("AvgPool", [input], [1, 1, 1, 1], { ...POOL, rounding_type: "ceil" });
    },
  ];
  for (const build of unknown) {
    assert.throws(
      () => convertSquare(build),
      (error) => isCode(error, "model_layer_unknown"),
    );
  }
});

test("a damaged graph is malformed, whatever is wrong with it", () => {
  const damaged: readonly ((ir: Ir, input: string) => string)[] = [
    // Takes an input from a layer that comes later, and from one that doesn't exist.
    (ir, input) => ir.layer("Add", [input, "7"], [1, 1, 2, 2], NUMPY),
    (ir, input) => ir.layer("Add", [input], [1, 1, 2, 2], NUMPY),
    (ir, input) => ir.layer("Add", [input, input], [1, 1, 2, 2]),
    (ir, input) => {
      const far = { element_type: "f32", shape: "1", offset: "4096", size: "4" };
      return ir.layer("Add", [input, ir.layer("Const", [], [1], far)], [1, 1, 2, 2], NUMPY);
    },
    (ir, input) => {
      ir.half([4], values(4, 0));
      const large = { element_type: "f32", shape: "1, -1", offset: "0", size: "4" };
      return ir.layer("Add", [input, ir.layer("Const", [], [1], large)], [1, 1, 2, 2], NUMPY);
    },
    (ir, input) => {
      ir.layer("Result", [input], null);
      return input;
    },
  ];
  for (const [index, build] of damaged.entries()) {
    const isMalformed = (error: unknown): boolean => isCode(error, "model_malformed");
    assert.throws(() => convertSquare(build), isMalformed, `graph ${index}`);
  }
});

test("what is no IR is malformed", () => {
  const texts = [
    "",
    "not xml",
    "<net",
    '<net version="11"></net>',
    '<net version="6"><layers><layer id="0" type="Result"/></layers><edges/></net>',
  ];
  for (const text of texts) {
    assert.throws(
      () => convertIr(new TextEncoder().encode(text), new Uint8Array()),
      (error) => isCode(error, "model_malformed"),
      text,
    );
  }
});

test("0095 converted by us gives the vectors of the reference conversion", async (t) => {
  const folder = shared("models/omz-0095");
  if (folder === null) return t.skip("../shared is absent: its model files are needed");
  const name = "face-reidentification-retail-0095";
  const ours = convertIr(
    await readFile(`${folder}/FP16/${name}.xml`),
    await readFile(`${folder}/FP16/${name}.bin`),
  );
  const reference = await readFile(`${folder}/${name}.fp16w.onnx`);
  const length = 3 * 128 * 128;
  const flat = Array.from({ length }, () => 128);
  const noise = Array.from({ length }, (_, index) => (index * index * 7919) % 256);
  const waves = Array.from({ length }, (_, index) => 128 + 127 * Math.sin(index / 50));
  const inputs = [...flat, ...noise, ...waves];
  const mine = await run(ours, [3, 3, 128, 128], inputs);
  const theirs = await run(reference, [3, 3, 128, 128], inputs);
  assert.deepEqual(mine.dims, [3, 256, 1, 1]);
  slices(mine.data, 256).forEach((vector, index) => {
    const other = slices(theirs.data, 256)[index]!;
    assert.ok(cosine(vector, other) >= 0.99999, `input ${index}: ${cosine(vector, other)}`);
  });
});

/** Converts a net whose input is 2 x 2 and whose result is what `build` adds. */
function convertSquare(build: (ir: Ir, input: string) => string): Uint8Array {
  const ir = new Ir();
  const input = ir.layer("Parameter", [], [1, 1, 2, 2], { shape: "1,1,2,2", element_type: "f32" });
  ir.layer("Result", [build(ir, input)], null);
  return convertIr(ir.xml, ir.weights);
}

function leaky(value: number, slope: number): number {
  return value < 0 ? value * slope : value;
}

function slices(flat: readonly number[], length: number): readonly (readonly number[])[] {
  return Array.from({ length: flat.length / length }, (_, index) =>
    flat.slice(index * length, (index + 1) * length),
  );
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, index) => sum + value * other[index]!, 0);
  return dot / Math.hypot(...one) / Math.hypot(...other);
}

function isCode(error: unknown, code: FacesCode): boolean {
  return error instanceof FacesError && error.code === code;
}
