import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import * as fc from "fast-check";
import sharp from "sharp";
import { contactSheet } from "./contact-sheet.ts";
import { decode } from "./decode.ts";
import { drawBoxes, marksSvg, shorten, type Mark } from "./draw.ts";
import { hasGlyphs, letterText } from "./lettering.ts";
import type { Picture } from "./picture.ts";

function plain(width: number, height: number, level = 200): Picture {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

const MARK: Mark = {
  box: { x: 0.3, y: 0.2, width: 0.3, height: 0.4 },
  tone: "match",
  label: "Zoë Ångström 7",
};

test("names are drawn the same on a machine without any font", () => {
  const script = `
    const { drawBoxes } = await import(${JSON.stringify(new URL("./draw.ts", import.meta.url))});
    const picture = { width: 400, height: 300, data: new Uint8Array(360000).fill(200) };
    const bytes = await drawBoxes(picture, [${JSON.stringify(MARK)}]);
    process.stdout.write(bytes.toString("base64"));`;
  const draw = (variables: Record<string, string>) =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...process.env, ...variables },
      stdio: ["ignore", "pipe", "ignore"],
    }).toString();
  const nowhere = "/nowhere/at/all";
  const bare = draw({ FONTCONFIG_FILE: nowhere, FONTCONFIG_PATH: nowhere, XDG_DATA_HOME: nowhere });
  assert.ok(bare.length > 1_000);
  assert.equal(bare, draw({}));
});

test("a label puts white strokes on a plate of its colour", async () => {
  const bytes = await drawBoxes(plain(800, 600, 0), [MARK]);
  const { data } = await decode({ bytes });
  let white = 0;
  let green = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, b] = data.subarray(at, at + 3);
    if (r! > 200 && g! > 200 && b! > 200) white += 1;
    if (g! > 100 && r! < 80 && b! < 130) green += 1;
  }
  assert.ok(white > 150, `${white} white pixels`);
  assert.ok(green > 2_000, `${green} green pixels`);
});

const LABELS = [
  `<script>alert("x")</script> & ]]>`,
  "a\0b\x1b[31m\ud800\uffff",
  "two\nlines",
  "张伟",
  "Мария",
  "\u{1f642}\u200d\u{1f642}",
  "x".repeat(5_000),
  " ",
];
for (const label of LABELS)
  test(`a label of ${JSON.stringify(label).slice(0, 40)} is drawn or left out, never fatal`, async () => {
    const bytes = await drawBoxes(plain(200, 150), [{ ...MARK, label }]);
    assert.equal((await sharp(bytes).metadata()).width, 200);
    const sheet = await contactSheet([{ picture: plain(50, 50), caption: label, boxes: [MARK] }]);
    assert.equal((await sharp(sheet).metadata()).format, "jpeg");
  });

const boxes = fc.record({
  x: fc.double({ min: -1, max: 2, noNaN: true }),
  y: fc.double({ min: -1, max: 2, noNaN: true }),
  width: fc.double({ min: 0, max: 2, noNaN: true }),
  height: fc.double({ min: 0, max: 2, noNaN: true }),
});

test("every plate lies inside the picture, whatever the box", () => {
  const frame = { x: 10, y: 20, width: 640, height: 480 };
  const label = fc.string({ minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.record({ box: boxes, label }), { maxLength: 5 }), (entries) => {
      const svg = marksSvg(
        entries.map((entry) => ({ ...entry, tone: "other" as const })),
        frame,
      );
      const plate =
        /<g transform="translate\(([-\d.]+) ([-\d.]+)\)"><rect width="([\d.]+)" height="([\d.]+)"/g;
      const plates = [...svg.matchAll(plate)];
      assert.equal(plates.length, entries.filter((e) => shorten(e.label, 60) !== "").length);
      for (const [, x, y, width, height] of plates) {
        assert.ok(Number(x) >= 9.9 && Number(x) + Number(width) <= 650.1);
        assert.ok(Number(y) >= 19.9 && Number(y) + Number(height) <= 500.1);
      }
    }),
  );
});

test("labels of neighbours do not cover each other while there is room", () => {
  const at = (x: number): Mark => ({ ...MARK, box: { x, y: 0.4, width: 0.1, height: 0.1 } });
  const svg = marksSvg([at(0.3), at(0.32), at(0.34)], { x: 0, y: 0, width: 1_000, height: 800 });
  const tops = [...svg.matchAll(/<g transform="translate\([-\d.]+ ([-\d.]+)\)"><rect/g)];
  assert.equal(new Set(tops.map(([, y]) => y)).size, 3);
});

test("the Latin letters, digits and signs have strokes of their own", () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
  assert.deepEqual(
    ascii.filter((sign) => !hasGlyphs(sign)),
    [],
  );
  const letters = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ";
  const eastern = "ĀāĂăĄąĆćČčĎďĐđĒēĘęĚěĞğĪīİıŁłŃńŇňŐőŒœŘřŚśŞşȘșŠšŢţȚțŤťŪūŮůŰűŹźŻżŽž";
  assert.ok(hasGlyphs(letters) && hasGlyphs(eastern));
  assert.ok(!hasGlyphs("Мария"));
});

test("lettering grows with its text and holds no text itself", () => {
  const { width, svg } = letterText(`<&>"`);
  assert.ok(width > 0 && width < letterText(`<&>"a`).width);
  assert.ok(!/[&]/.test(svg));
});

test("shorten cuts by signs, not by halves of them", () => {
  assert.equal(shorten("\u{1f642}".repeat(5), 3), "\u{1f642}\u{1f642}…");
  assert.equal(shorten("  a \n b  ", 10), "a b");
});

test("a sheet has as many cells as it needs", async () => {
  const entry = { picture: plain(800, 600), caption: "photo", boxes: [MARK] };
  const size = async (count: number, columns: number) => {
    const entries = Array.from({ length: count }, () => entry);
    const head = await sharp(await contactSheet(entries, { columns })).metadata();
    return [head.width, head.height];
  };
  const [width, height] = await size(4, 2);
  assert.deepEqual(await size(3, 2), [width, height]);
  const [, lower] = await size(2, 2);
  assert.ok(lower! < height!);
});
