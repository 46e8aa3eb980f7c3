import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { cast, type Member } from "../samples/cast.ts";
import { portraitOf } from "../samples/samples.ts";
import { type Figure, takePhoto } from "../samples/scene.ts";

/** Drawn people for tests of the whole job: they do not exist. The first ones consent. */
export const members: readonly Member[] = cast();

/** Room a person takes in a row, and the height of the picture, in pixels. */
const PLACE = 420;
const HEIGHT = 520;

/** Writes an enrolment portrait of a drawn person. */
export async function drawPortrait(path: string, member: Member): Promise<void> {
  const { jpeg } = await takePhoto(portraitOf(member));
  await put(path, jpeg);
}

/** Writes a photo of drawn people side by side, left to right, on a day of June 2026. */
export async function drawRow(path: string, row: readonly Member[], day: number): Promise<void> {
  await put(path, await takeRow(row, day));
}

/** A JPEG of the same: as wide as there are people in it. */
export async function takeRow(row: readonly Member[], day: number): Promise<Uint8Array> {
  const portraits = row.map((member) => portraitOf(member));
  const [base] = portraits;
  if (!base) throw new Error("A row needs somebody.");
  const figures = portraits.flatMap((portrait, index) =>
    portrait.figures.map((figure): Figure => {
      const smile = 0.1 + ((day + index) % 3) * 0.1;
      return {
        ...figure,
        x: PLACE * (index + 0.5),
        y: HEIGHT * 0.42,
        scale: 1.15,
        pose: { yaw: ((day * 3 + index * 5) % 5) - 2, pitch: 0 },
        expression: { ...figure.expression, smile },
        condition: "group",
      };
    }),
  );
  const { jpeg } = await takePhoto({
    ...base,
    width: PLACE * row.length,
    height: HEIGHT,
    backdrop: "wall",
    light: { ...base.light, side: (day % 5) / 5 - 0.4 },
    takenAt: `2026-06-${String(day).padStart(2, "0")}T12:00:00`,
    figures,
  });
  return jpeg;
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
