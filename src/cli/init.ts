import { mkdir, stat } from "node:fs/promises";
import type { Command } from "commander";
import { type Config, openApp } from "../app.ts";
import { FacesError } from "../faces/errors.ts";
import { installPack, type InstallResult } from "../faces/install.ts";
import {
  locatePack,
  type PackManifest,
  type PackName,
  packManifest,
  packNames,
  parsePackName,
} from "../faces/packs.ts";
import { append } from "../ledger/ledger.ts";
import { makeMasterKey } from "../storage/master-key.ts";
import { readSetting, writeSetting } from "../storage/settings.ts";
import { readConfig, withApp } from "./context.ts";
import { EXIT } from "./errors.ts";
import { complain, progressBar, say, table, wrapped } from "./output.ts";

/** Lines that are easy to read. */
const TEXT_WIDTH = 96;

interface InitOptions {
  readonly pack?: string;
  readonly from?: string;
}

interface InstallCommandOptions {
  readonly from?: string;
  readonly mirror?: string;
}

/** init, models. */
export function initCommands(assent: Command): void {
  assent
    .command("init")
    .description("Make an instance: data folder, master key, database, model pack.")
    .option("--pack <name>", "recommended or bundled (default: recommended if it can be had)")
    .option("--from <folder>", "take the model files from here instead of downloading them")
    .action(async (options: InitOptions, command: Command) => init(readConfig(command), options));
  const models = assent.command("models").description("The model packs.");
  models
    .command("list", { isDefault: true })
    .description("Show the packs, their licence, training data and measured error.")
    .action(async (_: unknown, command: Command) => list(readConfig(command)));
  models
    .command("install")
    .description("Download a pack's files and check their hashes, or take them from a folder.")
    .argument("<pack>", "recommended or bundled")
    .option("--from <folder>", "recognised by their hash, anywhere below")
    .option("--mirror <address>", "an address that has the files by name")
    .action(async (pack: string, options: InstallCommandOptions, command: Command) => {
      const result = await install(readConfig(command), parsePackName(pack), options);
      if (result.kind === "installed") return say(`${pack} is installed.`);
      process.exitCode = EXIT.failed;
      return complain(`${result.kind}: ${result.reason}`);
    });
  models
    .command("use")
    .description("Take this pack for collections made from now on.")
    .argument("<pack>", "recommended or bundled")
    .action(async (pack: string, _: unknown, command: Command) => {
      const name = parsePackName(pack);
      await requirePack(readConfig(command), name);
      await withApp(command, async (app) =>
        app.db.write(async (tx) => {
          await writeSetting(tx, "pack", name);
          await append(tx, app.recorder, { kind: "pack.chosen", collection: null, pack: name });
        }),
      );
      say(`New collections use ${name}.`);
    });
}

/** Makes what is missing and leaves what is there: run twice, it changes nothing. */
async function init(config: Config, options: InitOptions): Promise<void> {
  await mkdir(config.folder, { recursive: true, mode: 0o700 });
  const { masterKey } = config;
  if (masterKey.kind === "file" && !(await stat(masterKey.path).catch(() => null))) {
    await makeMasterKey(masterKey.path);
    say(`Made the master key ${masterKey.path}. Keep a copy where no backup of the data lies.`);
  }
  await using app = await openApp(config);
  const chosen = await readSetting(app.db, "pack");
  const pack =
    options.pack === undefined && chosen !== null
      ? parsePackName(chosen)
      : await choosePack(config, options);
  await app.db.write(async (tx) => writeSetting(tx, "pack", pack));
  say(`Ready in ${config.folder}. Model pack: ${pack} (${packManifest(pack).title}).`);
}

async function choosePack(config: Config, options: InitOptions): Promise<PackName> {
  const wish = options.pack === undefined ? null : parsePackName(options.pack);
  if (wish === "bundled") return wish;
  const result = await install(config, "recommended", { from: options.from });
  if (result.kind === "installed") return "recommended";
  if (wish !== null) throw new FacesError("model_missing", result.reason);
  say(`The pack recommended can't be had now, so bundled is taken. ${result.reason}`);
  return "bundled";
}

async function install(
  config: Config,
  pack: PackName,
  options: { readonly from?: string | undefined; readonly mirror?: string | undefined },
): Promise<InstallResult> {
  using bar = progressBar("Fetching models", "KB");
  return await installPack(pack, {
    to: config.models,
    from: options.from,
    mirror: options.mirror,
    onProgress: ({ bytes, bytesTotal }) =>
      bar.update(Math.round(bytes / 1000), Math.round(bytesTotal / 1000)),
  });
}

async function requirePack(config: Config, pack: PackName): Promise<void> {
  if (pack === "bundled") return;
  const located = await locatePack(pack, [config.models]);
  if (located.kind === "missing") throw new FacesError("model_missing", located.reason);
}

async function list(config: Config): Promise<void> {
  for (const name of packNames) {
    const pack = packManifest(name);
    const located = name === "bundled" ? null : await locatePack(name, [config.models]);
    const here = located?.kind === "missing" ? "not installed" : "installed";
    say(`${name}: ${pack.title} (${here})`);
    const { match, uncertain } = pack.thresholds;
    paragraph(`A match from a cosine of ${match} up, uncertain from ${uncertain} up.`);
    paragraph(`Licence: ${pack.licence}`);
    paragraph(`Training data: ${pack.trainingData}`);
    for (const { data, pairs, at, groups } of pack.measuredError) {
      const { mated, nonMated } = pairs;
      const kinds = [
        ...(mated === null ? [] : [`${mated} pairs of one person`]),
        ...(nonMated === null ? [] : [`${nonMated} of two`]),
      ];
      paragraph(`Measured on ${data} (${kinds.join(", ")}):`);
      const head = ["cosine", "false matches", "missed"];
      const rows = at.map(({ threshold, fmr, fnmr }) => [
        threshold.toFixed(3),
        percent(fmr),
        percent(fnmr),
      ]);
      for (const line of table([head, ...rows])) say(`    ${line}`);
      if (groups) listGroups(groups);
    }
    say();
  }
}

/** By group, as the people described themselves: small groups, and the words say so. */
function listGroups(groups: NonNullable<PackManifest["measuredError"][number]["groups"]>): void {
  paragraph(
    "By group, as these people described themselves; pairs of two are within the group. The groups " +
      "are small: a small difference may be chance, and none wrong does not show that none would be.",
  );
  const thresholds = groups[0]?.at.map(({ threshold }) => threshold) ?? [];
  const head = [
    "group",
    "people",
    "pairs of two",
    ...thresholds.flatMap((one) => [`false at ${one}`, `missed at ${one}`]),
    "most alike two",
    "least alike one",
  ];
  const rows = groups.map(({ group, people, pairs, at, mostAlike, leastAlike }) => [
    group,
    String(people),
    String(pairs.nonMated),
    ...at.flatMap(({ fmr, fnmr }) => [percent(fmr), percent(fnmr)]),
    mostAlike.toFixed(3),
    leastAlike.toFixed(3),
  ]);
  for (const line of table([head, ...rows])) say(`    ${line}`);
}

function paragraph(text: string): void {
  say(`  ${wrapped(text, TEXT_WIDTH, "  ")}`);
}

function percent(share: number): string {
  return share === 0 ? "none" : `${Number((share * 100).toPrecision(2))} %`;
}
