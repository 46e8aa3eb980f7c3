import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { unreachable } from "../base/errors.ts";
import { bundledFolder, openBundled } from "./bundled/bundled.ts";
import { FacesError } from "./errors.ts";
import { findByHash } from "./model-files.ts";
import type { ModelFile, ModelSearch } from "./model-files.ts";
import type { FaceModels } from "./models.ts";
import { openRecommended } from "./recommended/recommended.ts";

/** The packs there are, best first. Each has its manifest in `models/`. */
export const packNames = ["recommended", "bundled"] as const;
export type PackName = (typeof packNames)[number];

/** A pack's name as it comes from outside. Throws FacesError pack_unknown. */
export function parsePackName(text: string): PackName {
  const name = packNames.find((one) => one === text);
  if (name) return name;
  throw new FacesError("pack_unknown", `There is no such pack. Take: ${packNames.join(", ")}.`);
}

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const bytesSchema = z.int().positive();
const fractionSchema = z.number().min(0).max(1);

const packFileSchema = z.strictObject({
  /** What the pack uses the file for: the key under which it is opened. */
  role: z.string(),
  name: z.string(),
  sha256: sha256Schema,
  bytes: bytesSchema,
  /** Official addresses, tried in order; empty for files that come with an npm package. */
  urls: z.array(z.url()),
  /** Other files that do the same job as well. */
  alternatives: z.array(
    z.strictObject({ name: z.string(), sha256: sha256Schema, bytes: bytesSchema }),
  ),
});

const rateSchema = z.strictObject({
  threshold: fractionSchema,
  /** False match rate: non-mated pairs at or above the threshold. */
  fmr: fractionSchema,
  /** False non-match rate: mated pairs below the threshold. */
  fnmr: fractionSchema,
});

/** Error within one group, as its people described themselves; non-mated pairs are within it too. */
const groupSchema = z.strictObject({
  /** What the groups are made of: gender, for one. */
  by: z.string(),
  group: z.string(),
  people: z.int().positive(),
  pairs: z.strictObject({ mated: z.int().positive(), nonMated: z.int().positive() }),
  /** The highest score of two people, and the lowest of one: they tell more than a rate of none. */
  mostAlike: fractionSchema,
  leastAlike: fractionSchema,
  at: z.array(rateSchema),
});

const packManifestSchema = z.strictObject({
  name: z.enum(packNames),
  title: z.string(),
  files: z.array(packFileSchema).min(1),
  source: z.string(),
  licence: z.string(),
  /** What is known of the people whose photos the nets were trained on. */
  trainingData: z.string(),
  preprocessing: z.string(),
  /** Numbers in a template. */
  templateSize: z.int().positive(),
  /** Side in pixels of the crop that the embedder takes. */
  alignedSize: z.int().positive(),
  /**
   * Cosines. From `match` up a face is the person; from `uncertain` up it may be; a runner-up
   * within `margin` of the best makes a match uncertain.
   */
  thresholds: z.strictObject({
    match: fractionSchema,
    uncertain: fractionSchema,
    margin: fractionSchema,
  }),
  /** Error measured with this pack, each with its data and its counts of compared pairs. */
  measuredError: z.array(
    z.strictObject({
      data: z.string(),
      people: z.int().positive(),
      /** Null where the count was not kept. */
      pairs: z.strictObject({
        mated: z.int().positive().nullable(),
        nonMated: z.int().positive().nullable(),
      }),
      at: z.array(rateSchema),
      groups: z.array(groupSchema).optional(),
      note: z.string().optional(),
    }),
  ),
});

/** What a model pack is: its files by hash, where they come from, how it errs. */
export type PackManifest = z.infer<typeof packManifestSchema>;
export type PackFile = PackManifest["files"][number];

const manifests = new Map<PackName, PackManifest>();

/** The manifest of a pack. Throws FacesError `model_malformed` when the file breaks its form. */
export function packManifest(name: PackName): PackManifest {
  const known = manifests.get(name);
  if (known) return known;
  const path = join(import.meta.dirname, "../../models", `${name}.json`);
  const manifest = packManifestSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!manifest.success || manifest.data.name !== name) {
    const message = `The manifest models/${name}.json breaks its form.`;
    throw new FacesError("model_malformed", message, { cause: manifest.error });
  }
  manifests.set(name, manifest.data);
  return manifest.data;
}

/** Where a pack's files lie, by role; or which are missing, with a sentence that says why. */
export type LocatedPack =
  | { readonly kind: "found"; readonly files: ReadonlyMap<string, ModelFile> }
  | { readonly kind: "missing"; readonly files: readonly PackFile[]; readonly reason: string };

/** Looks for a pack's files, as `locateFiles` does. */
export async function locatePack(name: PackName, folders: readonly string[]): Promise<LocatedPack> {
  return locateFiles(packManifest(name).files, folders);
}

/**
 * Looks for files anywhere below the folders, by size and sha256, whatever their names. Where both
 * a file and an alternative of it are there, the manifest's order decides.
 */
export async function locateFiles(
  files: readonly PackFile[],
  folders: readonly string[],
): Promise<LocatedPack> {
  const choices = files.map((file) => ({ file, known: [file, ...file.alternatives] }));
  const search = await findByHash(
    choices.flatMap((choice) => choice.known),
    folders,
  );
  const located = new Map<string, ModelFile>();
  const missing: PackFile[] = [];
  for (const { file, known } of choices) {
    const found = known.flatMap(({ name, sha256 }) => {
      const path = search.found.get(sha256);
      return path === undefined ? [] : [{ path, name, sha256 }];
    });
    if (found[0]) located.set(file.role, found[0]);
    else missing.push(file);
  }
  if (missing.length === 0) return { kind: "found", files: located };
  return { kind: "missing", files: missing, reason: reasonFor(missing, folders, search) };
}

function reasonFor(
  missing: readonly PackFile[],
  folders: readonly string[],
  search: ModelSearch,
): string {
  const names = missing.map((file) => file.name).join(", ");
  const where = folders.join(", ");
  const refused = search.refused.map((path) => ` ${path} has an unknown hash and is not used.`);
  const bound = search.cutShort ? " The search stopped early: the folder holds too much." : "";
  return `Not found below ${where}: ${names}.${refused.join("")}${bound}`;
}

/**
 * Loads the nets of a pack from `folder` (`bundled` brings its own). `threads` is for each net.
 * Throws FacesError `model_missing` with the reason when a file is not there.
 */
export async function openModels(
  name: PackName,
  options: { readonly folder: string; readonly threads: number },
): Promise<FaceModels> {
  const { threads } = options;
  switch (name) {
    case "recommended": {
      const located = await locatePack(name, [options.folder]);
      if (located.kind === "missing") throw new FacesError("model_missing", located.reason);
      return openRecommended({
        files: {
          detector: fileFor(located.files, "detector"),
          embedderGraph: fileFor(located.files, "embedderGraph"),
          embedderWeights: fileFor(located.files, "embedderWeights"),
        },
        threads,
      });
    }
    case "bundled":
      return openBundled({ folder: bundledFolder(), threads, files: packManifest(name).files });
    default:
      return unreachable(name);
  }
}

function fileFor(files: ReadonlyMap<string, ModelFile>, role: string): ModelFile {
  const file = files.get(role);
  if (!file) throw new FacesError("model_malformed", `The manifest names no file for ${role}.`);
  return file;
}
