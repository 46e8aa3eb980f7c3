/** What lies where in a file of weights, as its maker lists it (TensorFlow.js' weights manifest). */
export type Manifest = readonly {
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly quantization: { readonly scale: number; readonly min: number };
  }[];
}[];

/** A net's numbers by their names. */
export type Weights = (name: string) => Float32Array;

/** Reads weights that are kept in a byte each. Throws where the file is not as the manifest says. */
export function readWeights(manifest: Manifest, bytes: Uint8Array): Weights {
  const found = new Map<string, Float32Array>();
  let at = 0;
  for (const { name, shape, quantization } of manifest.flatMap(({ weights }) => weights)) {
    const count = shape.reduce((product, side) => product * side, 1);
    const part = bytes.subarray(at, at + count);
    const { scale, min } = quantization;
    found.set(
      name,
      Float32Array.from(part, (byte) => byte * scale + min),
    );
    at += count;
  }
  if (at !== bytes.length) throw new Error("The weights are not those of their manifest.");
  return (name) => {
    const values = found.get(name);
    if (!values) throw new Error(`There are no weights ${name}.`);
    return values;
  };
}
