import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cast } from "../../samples/cast.ts";
import { portraitOf } from "../../samples/samples.ts";
import { takePhoto } from "../../samples/scene.ts";
import { sharp } from "../media/codec.ts";
import { FacesError } from "./errors.ts";
import { openEngine } from "./faces.ts";

const [member] = cast();
const { jpeg } = await takePhoto(portraitOf(member!));
const all = { embed: { kind: "all" }, use: "enrol" } as const;

test("the pack that needs no download finds and embeds a drawn face, here and in workers alike", async () => {
  await using here = await openEngine({ pack: "bundled", folder: ".", workers: 0 });
  await using there = await openEngine({ pack: "bundled", folder: ".", workers: 1 });
  assert.deepEqual([there.pack, there.templateSize], [here.pack, here.templateSize]);
  const one = await here.analyse({ bytes: jpeg }, all);
  const other = await there.analyse({ bytes: jpeg }, all);
  assert.equal(one.faces.length, 1);
  assert.deepEqual(one.faces[0]!.problems, []);
  assert.deepEqual(other, one);
  assert.ok(one.faces[0]!.box.x > 0 && one.faces[0]!.box.x + one.faces[0]!.box.width < 1);

  const embedding = one.faces[0]!.embedding!;
  assert.equal(embedding.length, here.templateSize);
  for (const engine of [here, there]) {
    const [again] = await engine.embed({ bytes: jpeg }, one.faces);
    const cosine = embedding.reduce((sum, value, index) => sum + value * again![index]!, 0);
    assert.ok(cosine > 0.98, `${cosine}`);
  }
});

test("a face that nobody asked for has a place and no template", async () => {
  await using engine = await openEngine({ pack: "bundled", folder: ".", workers: 0 });
  const { faces } = await engine.analyse({ bytes: jpeg }, { embed: { kind: "none" }, use: "scan" });
  assert.deepEqual(
    faces.map(({ embedding }) => embedding),
    [null],
  );
});

test("the same face in a photo turned by a quarter gives the same template", async () => {
  await using engine = await openEngine({ pack: "bundled", folder: ".", workers: 0 });
  const upright = await engine.analyse({ bytes: jpeg }, all);
  const bytes = await sharp(jpeg).rotate(90).jpeg({ quality: 95 }).toBuffer();
  const turned = await engine.analyse({ bytes }, all);
  assert.equal(turned.rotationsTried, true);
  assert.equal(turned.faces.length, 1);
  const template = upright.faces[0]!.embedding!;
  const other = turned.faces[0]!.embedding!;
  const cosine = template.reduce((sum, value, index) => sum + value * other[index]!, 0);
  assert.ok(cosine > 0.97, `${cosine}`);
});

// [Note: native gate]: what goes wrong here ends the process of this test.
test("a face lying on its side in a video's frame is found by a thorough look", async () => {
  await using engine = await openEngine({ pack: "bundled", folder: ".", workers: 1 });
  const { data, info } = await sharp(jpeg)
    .rotate(90)
    .resize(320)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const frame = { width: info.width, height: info.height, data: new Uint8Array(data) };
  const facesFound = async (thorough: boolean) =>
    (await engine.analyseFrame(frame, { embed: false, thorough })).length;
  assert.equal(await facesFound(true), 1);
  assert.equal(await facesFound(false), 0);
});

test("a pool can be closed while its nets run", async () => {
  for (const wait of [0, 60, 120]) {
    const engine = await openEngine({ pack: "bundled", folder: ".", workers: 1 });
    const photo = engine.analyse({ bytes: jpeg }, all);
    const outcome = photo.then(
      () => "done",
      (error: unknown) => (error instanceof FacesError ? error.code : "another error"),
    );
    await sleep(wait);
    await engine[Symbol.asyncDispose]();
    assert.ok(["done", "engine_closed"].includes(await outcome), await outcome);
  }
});

test("a process may end with its own code while nets run in its workers", async () => {
  const module = new URL("./faces.ts", import.meta.url).href;
  const code = `
    const { openEngine } = await import(${JSON.stringify(module)});
    const engine = await openEngine({ pack: "bundled", folder: ".", workers: 1 });
    const bytes = Buffer.from(${JSON.stringify(Buffer.from(jpeg).toString("base64"))}, "base64");
    engine.analyse({ bytes }, { embed: { kind: "all" }, use: "scan" }).catch(() => {});
    setTimeout(() => process.exit(7), 150);`;
  const child = spawn(process.execPath, ["--input-type=module"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(code);
  const [exit] = (await once(child, "exit")) as [number | null];
  assert.equal(exit, 7);
});
