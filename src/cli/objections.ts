import type { Command } from "commander";
import type { App } from "../app.ts";
import { sha256Hex } from "../base/bytes.ts";
import type { FaceId, MediaId, ObjectionId, SightingId } from "../base/ids.ts";
import { facesOf, findPhoto, sourcesOf } from "../collections/media.ts";
import { readSource } from "../media/source.ts";
import {
  decideObjection,
  listObjections,
  type Objection,
  object,
  type ObjectionTarget,
} from "../rights/objections.ts";
import { collectionOf, subjectOf, withApp } from "./context.ts";
import { UsageError } from "./errors.ts";
import { count, say, writeJson } from "./output.ts";

/** Objections shown at a time, the oldest first. */
const SHOWN_MAX = 1000;

interface ObjectOptions {
  readonly photo?: string;
  readonly collection?: string;
  readonly face?: string;
  readonly sighting?: string;
  readonly subject?: string;
  readonly reason?: string;
}

interface ListOptions {
  readonly all: boolean;
  readonly json?: string;
}

/** object; objections list, uphold, reject. */
export function objectionCommands(assent: Command): void {
  assent
    .command("object")
    .description("Object to a photo or a face: nobody is shown it until staff decide.")
    .option("--photo <id|file>", "the whole photo is held back")
    .option("--collection <name>", "where the photo of this file is")
    .option("--face <id|n>", "the face is blurred; the n-th from the left of the --photo")
    .option("--sighting <id>", "the face of this sighting is blurred, in its person's name")
    .option("--subject <person>", "name, contact or id of who objects (nobody has to say)")
    .option("--reason <text>", "why, if they want to say; it is kept sealed")
    .action(async (options: ObjectOptions, command: Command) =>
      withApp(command, async (app) => {
        const target = await targetOf(app, options);
        const { subject: text, reason = null } = options;
        const subject = text === undefined ? null : await subjectOf(app, text);
        const id = await object(app.db, app.recorder, { target, subject, reason });
        const what = target.kind === "photo" ? "The photo is held back" : "The face is blurred";
        say(`${what} for everybody until staff decide (${id}).`);
      }),
    );
  const objections = assent.command("objections").description("List and decide objections.");
  objections
    .command("list")
    .description("Show the open objections.")
    .option("--all", "the decided ones too", false)
    .option("--json <file>", "write the list as JSON (- for standard output)")
    .action(async (options: ListOptions, command: Command) =>
      withApp(command, async (app) => list(app, options)),
    );
  for (const [name, decision, description, done] of [
    [
      "uphold",
      "upheld",
      "Agree: it stays withheld for ever.",
      "Upheld: it stays withheld for ever.",
    ],
    ["reject", "rejected", "Disagree: it is shown again.", "Rejected: all is as it was before."],
  ] as const) {
    objections
      .command(name)
      .description(description)
      .argument("<objection>", "its id, as assent objections list shows it")
      .action(async (id: string, _: unknown, command: Command) =>
        withApp(command, async (app) => {
          await decideObjection(app.db, app.recorder, id as ObjectionId, decision);
          say(done);
        }),
      );
  }
}

async function targetOf(app: App, options: ObjectOptions): Promise<ObjectionTarget> {
  const { photo, face, sighting } = options;
  if (sighting !== undefined && photo === undefined && face === undefined) {
    return { kind: "sighting", id: sighting as SightingId };
  }
  if (sighting === undefined && photo !== undefined) {
    const id = await photoOf(app, photo, options.collection);
    return face === undefined ? { kind: "photo", id } : faceFromLeft(app, id, Number(face));
  }
  if (sighting === undefined && face !== undefined) return { kind: "face", id: face as FaceId };
  throw new UsageError("Say what is objected to: --photo, --face or --sighting.");
}

/** A photo by its id, or by the very file that was imported. */
async function photoOf(app: App, text: string, name: string | undefined): Promise<MediaId> {
  if (isPhotoId(text)) return text;
  if (name === undefined) throw new UsageError("Say with --collection where this photo is.");
  const { id: collection } = await collectionOf(app, name);
  const bytes = await readSource({ file: text });
  const photo = await findPhoto(app.db, collection, sha256Hex(bytes));
  if (photo !== null) return photo;
  throw new UsageError("This file was never imported into the collection: give the original.");
}

function isPhotoId(text: string): text is MediaId {
  return /^med_[\w-]{16}$/u.test(text);
}

async function faceFromLeft(app: App, photo: MediaId, place: number): Promise<ObjectionTarget> {
  const faces = [...(await facesOf(app.db, photo))].sort((a, b) => a.box.x - b.box.x);
  const face = faces[place - 1];
  if (face) return { kind: "face", id: face.id };
  throw new UsageError(
    `--face counts from the left: the photo shows ${count(faces.length, "face")}.`,
  );
}

async function list(app: App, options: ListOptions): Promise<void> {
  const which = { limit: SHOWN_MAX, ...(options.all ? {} : { state: "open" as const }) };
  const objections = await listObjections(app.db, app.vault, which);
  if (options.json !== undefined) await writeJson(options.json, objections);
  if (options.json === "-") return;
  say(`${count(objections.length, "objection")}.`);
  for (const one of objections) await show(app, one);
}

async function show(app: App, one: Objection): Promise<void> {
  const { name } = await collectionOf(app, one.collection);
  const what = one.face === null ? "the whole photo" : `face ${one.face}`;
  const since = new Date(one.askedAt).toISOString().slice(0, 10);
  say(`${one.id}  ${one.state} since ${since}, by ${one.subject ?? "somebody not known here"}`);
  say(`  ${name}: ${what} of ${one.photo} (${(await sourcesOf(app.db, one.photo)).join(", ")})`);
  if (one.reason !== null) say(`  "${one.reason}"`);
}
