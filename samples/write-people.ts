import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { say } from "../src/cli/output.ts";
import { cast } from "./cast.ts";
import { planPhotos } from "./photo-plan.ts";
import { portraitOf } from "./samples.ts";
import { takePhoto } from "./scene.ts";

/** Photos of the person whom the portrait shows. */
const PHOTOS = 3;
/** In smaller groups a reader sees at once who is who. */
const FIGURES_MAX = 5;

/**
 * Draws what the first steps need, into the folder that is named: `portrait.jpg` of somebody to
 * enrol, `probe.jpg` of the same person to search with, and photos of them among others.
 */
async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? "out/people");
  await mkdir(folder, { recursive: true });
  const members = cast();
  const [member] = members;
  if (!member) throw new Error("Nobody is drawn.");
  const showing = planPhotos(members)
    .filter(({ figures }) => figures.length <= FIGURES_MAX && figures.length > 1)
    .filter(({ figures }) => figures.some(({ id }) => id === member.id));
  const scenes = [
    ["portrait.jpg", portraitOf(member)],
    ["probe.jpg", portraitOf(member, { yaw: 15 })],
    ...showing.slice(0, PHOTOS).map((scene, index) => [`photo-${index + 1}.jpg`, scene] as const),
  ] as const;
  for (const [name, scene] of scenes) {
    await writeFile(join(folder, name), (await takePhoto(scene)).jpeg);
  }
  say("The people of these pictures are drawn by code. They do not exist.");
  say(`${scenes.map(([name]) => name).join(", ")} are in ${folder}`);
}

await main();
