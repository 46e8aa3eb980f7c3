import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { writeFileDurably } from "../base/files.ts";
import type { Ledger } from "../ledger/log.ts";
import { keySetOf } from "../ledger/signing.ts";
import type { Document } from "../print/document.ts";
import { renderHtml } from "../print/html.ts";
import { renderPdf } from "../print/pdf.ts";
import type { Db } from "../storage/db.ts";
import { breachPaper } from "./breach.ts";
import { dpiaPaper, measureTable } from "./dpia.ts";
import { type FactGap, missingFacts, type PaperFacts, readFacts } from "./facts.ts";
import { controllerFacts, dayOf, processingPaper } from "./processing.ts";
import { posterPaper, schedulePaper, signPaper } from "./public.ts";
import type { PaperLanguage } from "./words/words.ts";

/** The papers there are; `authority` is all of them with what it takes to check the record. */
export const paperNames = [
  "record",
  "dpia",
  "schedule",
  "sign",
  "poster",
  "breach",
  "authority",
] as const;
export type PaperName = (typeof paperNames)[number];

/** Which papers, for whom, and where to. */
export interface PaperRequest {
  readonly to: string;
  /** Null for all of them. */
  readonly only: PaperName | null;
  /** Null for every collection. */
  readonly collection: string | null;
  /** Where the QR codes of sign and poster lead. */
  readonly url: string | null;
  readonly language: PaperLanguage;
}

/** What papers had to leave open: what the instance was not told, and the address for QR codes. */
export type PaperGap = FactGap | { readonly kind: "url"; readonly collection: null };

/** What was written, and what the papers had to leave open. */
export interface PapersWritten {
  readonly files: readonly string[];
  readonly missing: readonly PaperGap[];
}

/**
 * Writes papers, each as a page and as a PDF, from the configuration alone: what nobody said is
 * marked in the paper and listed in the answer. Throws CollectionsError collection_unknown,
 * PrintError qr_too_long.
 */
export async function writePapers(
  deps: { readonly db: Db; readonly ledger: Ledger; readonly clock: Clock },
  request: PaperRequest,
): Promise<PapersWritten> {
  const facts = await readFacts(deps.db, deps.clock.now(), request.collection);
  const files: string[] = [];
  for (const [name, document] of papersOf(facts, request)) {
    files.push(...(await writePaper(join(request.to, name), document, facts)));
  }
  if (request.only === null || request.only === "authority") {
    files.push(...(await writeEvidence(deps, join(request.to, "authority"))));
  }
  return { files, missing: [...missingFacts(facts), ...missingAddress(request)] };
}

/** Each paper with the name of its file, without a suffix. */
export function papersOf(
  facts: PaperFacts,
  request: Omit<PaperRequest, "to">,
): readonly (readonly [name: string, Document])[] {
  const { only } = request;
  const single = singlePapers(facts, request);
  const chosen = single
    .filter(([name]) => only === null || only === name)
    .map(([, file, paper]) => [file, paper] as const);
  if (only !== null && only !== "authority") return chosen;
  const pack = [
    ["cover", coverPaper(facts)] as const,
    ...single.map(([, file, paper]) => [file, paper] as const),
  ];
  return [...chosen, ...pack.map(([file, paper]) => [join("authority", file), paper] as const)];
}

/** A paper by itself: which it is, the name of its file without a suffix, the paper, and whose. */
type SinglePaper = readonly [
  kind: Exclude<PaperName, "authority">,
  name: string,
  paper: Document,
  collection: string | null,
];

/** Each paper by itself; one of the whole instance is of no collection. */
export function singlePapers(
  facts: PaperFacts,
  request: Pick<PaperRequest, "language" | "url">,
): readonly SinglePaper[] {
  const { language } = request;
  const whole = [
    ["record", processingPaper(facts)],
    ["dpia", dpiaPaper(facts)],
    ["schedule", schedulePaper(facts, language)],
    ["breach", breachPaper(facts)],
  ] as const;
  const each = facts.collections.flatMap((one) => {
    const plain = fileNameOf(one.name);
    const same = facts.collections.filter(({ name }) => fileNameOf(name) === plain);
    const name = plain === "" || same.length > 1 ? one.id : plain;
    return [
      ["sign", `sign-${name}`, signPaper(facts, one, request), one.name],
      ["poster", `poster-${name}`, posterPaper(facts, one, request), one.name],
    ] as const;
  });
  return [...whole.map(([name, paper]) => [name, name, paper, null] as const), ...each];
}

/** What lies in the authority's folder, who is asked, and which test shows which measure. */
function coverPaper(facts: PaperFacts): Document {
  return {
    title: "For the supervisory authority",
    language: "en",
    blocks: [
      { kind: "paragraph", text: `Made on ${dayOf(facts.at)} from the configuration.` },
      controllerFacts(facts),
      { kind: "heading", level: 1, text: "In this folder" },
      {
        kind: "facts",
        rows: [
          ["record", "Record of processing activities (GDPR 30)"],
          ["dpia", "Draft of the impact assessment (GDPR 35)"],
          ["schedule", "How long what is kept"],
          ["sign-..., poster-...", "What people read at the door, for each collection"],
          ["breach", "What is at hand for a breach, with counts"],
          ["checkpoint.txt", "The signed state of the record (C2SP tlog-checkpoint)"],
          ["ledger-keys.txt", "The keys that check checkpoints (C2SP signed-note)"],
          ["receipt-keys.json", "The keys that check receipts and certificates (JWK set)"],
        ],
      },
      {
        kind: "paragraph",
        text:
          'Receipts, exports and certificates that people hold are checked with "assent verify ' +
          'FILE", on any machine, without this instance.',
      },
      { kind: "heading", level: 1, text: "Measures and the tests that show them" },
      measureTable(),
    ],
  };
}

async function writePaper(
  path: string,
  document: Document,
  facts: PaperFacts,
): Promise<readonly string[]> {
  const [html, pdf] = [`${path}.html`, `${path}.pdf`];
  await writeFileDurably(html, renderHtml(document));
  await writeFileDurably(pdf, await renderPdf(document, { date: new Date(facts.at) }));
  return [html, pdf];
}

/** What it takes to check the record without this instance. */
async function writeEvidence(
  { db, ledger }: { readonly db: Db; readonly ledger: Ledger },
  folder: string,
): Promise<readonly string[]> {
  const keys = await keySetOf(db, "receipts");
  const files = {
    "checkpoint.txt": await ledger.checkpoint(),
    "ledger-keys.txt": `${(await ledger.verifierKeys()).join("\n")}\n`,
    "receipt-keys.json": `${JSON.stringify(keys, null, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFileDurably(join(folder, name), text);
  }
  return Object.keys(files).map((name) => join(folder, name));
}

function missingAddress({ only, url }: PaperRequest): readonly PaperGap[] {
  const needed = only === null || only === "sign" || only === "poster" || only === "authority";
  if (!needed || url !== null) return [];
  return [{ kind: "url", collection: null }];
}

/** A collection's name is the operator's: no part of it may be a path. */
function fileNameOf(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-|-$/gu, "");
}
