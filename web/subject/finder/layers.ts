/** Values of a picture or of what a layer made of it: row by row, the channels of a pixel together. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Side of every filter that looks at neighbours. */
const SIDE = 3;

/** How far a window goes over an edge, and how many windows there are (TensorFlow's `SAME`). */
function windows(length: number, side: number, stride: number) {
  const count = Math.ceil(length / stride);
  const over = Math.max(0, (count - 1) * stride + side - length);
  return { count, before: Math.floor(over / 2) };
}

function emptyPlane(width: number, height: number, channels: number): Plane {
  return { width, height, channels, data: new Float32Array(width * height * channels) };
}

/** A 3 x 3 convolution; filters as [3, 3, in, out]. `valid` stays off the edges, `same` goes over. */
export function convolve(
  plane: Plane,
  filters: Float32Array,
  bias: Float32Array,
  { stride, edges }: { readonly stride: number; readonly edges: "same" | "valid" },
): Plane {
  const outputs = bias.length;
  const across = edges === "same" ? windows(plane.width, SIDE, stride) : inside(plane.width);
  const down = edges === "same" ? windows(plane.height, SIDE, stride) : inside(plane.height);
  const made = emptyPlane(across.count, down.count, outputs);
  for (let y = 0; y < down.count; y++) {
    for (let x = 0; x < across.count; x++) {
      const at = (y * across.count + x) * outputs;
      made.data.set(bias, at);
      eachNeighbour(plane, x * stride - across.before, y * stride - down.before, (from, place) => {
        for (let channel = 0; channel < plane.channels; channel++) {
          const value = plane.data[from + channel] ?? 0;
          const row = (place * plane.channels + channel) * outputs;
          addRow(made.data, at, filters, row, value, outputs);
        }
      });
    }
  }
  return made;
}

function inside(length: number) {
  return { count: length - SIDE + 1, before: 0 };
}

/** Each channel by a 3 x 3 filter of its own ([3, 3, channels, 1]), then pixels by a matrix. */
export function separable(
  plane: Plane,
  of: {
    readonly depthwise: Float32Array;
    readonly pointwise: Float32Array;
    readonly bias: Float32Array;
    readonly stride?: number;
  },
): Plane {
  const { channels } = plane;
  const stride = of.stride ?? 1;
  const across = windows(plane.width, SIDE, stride);
  const down = windows(plane.height, SIDE, stride);
  const made = emptyPlane(across.count, down.count, channels);
  for (let y = 0; y < down.count; y++) {
    for (let x = 0; x < across.count; x++) {
      const at = (y * across.count + x) * channels;
      eachNeighbour(plane, x * stride - across.before, y * stride - down.before, (from, place) => {
        const row = place * channels;
        for (let channel = 0; channel < channels; channel++) {
          const value = (plane.data[from + channel] ?? 0) * (of.depthwise[row + channel] ?? 0);
          made.data[at + channel] = (made.data[at + channel] ?? 0) + value;
        }
      });
    }
  }
  return multiply(made, of.pointwise, of.bias);
}

/** Each pixel's channels by a matrix [in, out]. */
export function multiply(plane: Plane, matrix: Float32Array, bias: Float32Array): Plane {
  const { width, height, channels, data } = plane;
  const outputs = bias.length;
  const made = emptyPlane(width, height, outputs);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * outputs;
    made.data.set(bias, at);
    for (let channel = 0; channel < channels; channel++) {
      const value = data[pixel * channels + channel] ?? 0;
      const row = channel * outputs;
      addRow(made.data, at, matrix, row, value, outputs);
    }
  }
  return made;
}

/** The greatest of each 2 x 2 pixels. */
export function maxPool(plane: Plane, stride: 1 | 2): Plane {
  const { channels, data } = plane;
  const width = Math.ceil(plane.width / stride);
  const height = Math.ceil(plane.height / stride);
  const made = emptyPlane(width, height, channels);
  made.data.fill(Number.NEGATIVE_INFINITY);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let place = 0; place < 4; place++) {
        const [left, top] = [x * stride + (place % 2), y * stride + (place >> 1)];
        if (left >= plane.width || top >= plane.height) continue;
        const from = (top * plane.width + left) * channels;
        const at = (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++) {
          const value = data[from + channel] ?? 0;
          if (value > (made.data[at + channel] ?? 0)) made.data[at + channel] = value;
        }
      }
    }
  }
  return made;
}

/** The mean of each channel. */
export function meanOf({ channels, data }: Plane): Plane {
  const made = emptyPlane(1, 1, channels);
  const pixels = data.length / channels;
  for (const [at, value] of data.entries()) {
    made.data[at % channels] = (made.data[at % channels] ?? 0) + value / pixels;
  }
  return made;
}

/** The sum of planes of one shape, with what is below nothing cut off. */
export function addRelu(first: Plane, ...others: readonly Plane[]): Plane {
  const sum = first.data.map((value, at) =>
    Math.max(
      0,
      others.reduce((whole, { data }) => whole + (data[at] ?? 0), value),
    ),
  );
  return { ...first, data: sum };
}

/** What is below nothing counts a tenth. */
export function leaky(plane: Plane): Plane {
  return { ...plane, data: plane.data.map((value) => (value < 0 ? value * 0.1 : value)) };
}

/** Adds `value` times a row of a matrix to what is at a place. */
function addRow(
  sums: Float32Array,
  at: number,
  matrix: Float32Array,
  row: number,
  value: number,
  count: number,
): void {
  for (let out = 0; out < count; out++) {
    sums[at + out] = (sums[at + out] ?? 0) + value * (matrix[row + out] ?? 0);
  }
}

/** Calls with the place of each of the 3 x 3 pixels that lie inside, from left above to right below. */
function eachNeighbour(
  { width, height, channels }: Plane,
  left: number,
  top: number,
  visit: (from: number, place: number) => void,
): void {
  for (let row = 0; row < SIDE; row++) {
    const y = top + row;
    if (y < 0 || y >= height) continue;
    for (let column = 0; column < SIDE; column++) {
      const x = left + column;
      if (x >= 0 && x < width) visit((y * width + x) * channels, row * SIDE + column);
    }
  }
}
