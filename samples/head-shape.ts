import type { Flat, Pen } from "./pen.ts";
import type { Person } from "./person.ts";

/** The outline of the bare head (skull and jaw), closed, on paper. */
export function headOutline(person: Person, pen: Pen): readonly Flat[] {
  const right = halfOutline(person, 1);
  const left = halfOutline(person, -1).slice(1, -1).toReversed();
  return [...right, ...left].map((place) => silhouette(pen, place));
}

/** How deep the head is from the plane of the ears to the front, as a share of its half width. */
const DEPTH_SHARE = 0.8;

/** Where a cross-section of a turned head ends against what is behind it. */
export function silhouette(pen: Pen, [x, y, z]: readonly [number, number, number]): Flat {
  let far = pen.at(x, y, z);
  for (let step = 1; step <= 8; step += 1) {
    const angle = (step / 8) * (Math.PI / 3);
    const depth = z + Math.abs(x) * DEPTH_SHARE * Math.sin(angle);
    const place = pen.at(x * Math.cos(angle), y, depth);
    if (Math.sign(x) * (place[0] - far[0]) > 0) far = place;
  }
  return far;
}

function halfOutline(person: Person, side: 1 | -1): readonly (readonly [number, number, number])[] {
  const { head } = person;
  const wide = side * (1 + side * head.lean);
  return [
    [0, head.crownY, -20],
    [wide * head.temple * 0.55, head.crownY + 9, -18],
    [wide * head.temple * 0.9, head.crownY + 38, -12],
    [wide * head.temple, -32, -4],
    [wide * head.cheek * 0.99, 4, 0],
    [wide * head.cheek * 0.985, 28, 2],
    [wide * ((head.cheek + head.jaw) / 2 + 2), head.jawY - 20, 4],
    [wide * head.jaw, head.jawY + 2, 8],
    [wide * (head.jaw * 0.56 + head.chin * 0.44), (head.jawY + head.chinY) / 2 + 7, 18],
    [wide * head.chin, head.chinY - 3, 28],
    [0, head.chinY + 1, 34],
  ];
}

/** The face as a detector sees it, outline from above the brows to the chin, on paper. */
export function facePlaces(person: Person, pen: Pen): readonly Flat[] {
  const { head } = person;
  return [
    pen.at(-head.cheek, 10),
    pen.at(head.cheek, 10),
    pen.on(0, -48),
    pen.at(0, head.chinY, 34),
    pen.at(-head.jaw, head.jawY, 8),
    pen.at(head.jaw, head.jawY, 8),
  ];
}
