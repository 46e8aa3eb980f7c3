import { sha256Hex } from "../base/bytes.ts";
import { newId, type SubjectId } from "../base/ids.ts";
import { readOperator } from "../consent/operator.ts";
import type { Recorder } from "../ledger/ledger.ts";
import { openSigner } from "../ledger/signing.ts";
import type { Document } from "../print/document.ts";
import type { Reader, Tx } from "../storage/db.ts";
import { CERTIFICATE_TYPE, type ErasureCertificate, REMAINS } from "../verify/certificate.ts";

/** What there is of a person, counted before it goes. */
export type Holdings = Pick<ErasureCertificate, "destroyed" | "receipts">;

/** Counts what an erasure is about to destroy. */
export async function countHoldings(tx: Tx, subject: SubjectId): Promise<Holdings> {
  const { read } = tx;
  const rows = async (query: { execute(): Promise<readonly unknown[]> }) =>
    (await query.execute()).length;
  const own = read.selectFrom("grants").select("grants.id").where("subject_id", "=", subject);
  const consents = await read
    .selectFrom("consents")
    .select(["receipt_hash", "sealed_evidence"])
    .where("grant_id", "in", own)
    .orderBy("given_at")
    .orderBy("id")
    .execute();
  const receipts = consents.flatMap(({ receipt_hash }) => receipt_hash ?? []);
  const of = <T extends { where(column: "subject_id", is: "=", value: SubjectId): T }>(query: T) =>
    query.where("subject_id", "=", subject);
  const keys = [
    read.selectFrom("grant_keys").select("epoch_id").where("grant_id", "in", own),
    of(read.selectFrom("subject_keys").select("epoch_id")),
    of(read.selectFrom("audit_keys").select("epoch_id")),
  ];
  let keysTotal = 0;
  for (const query of keys) keysTotal += await rows(query);
  const templates = read.selectFrom("templates").select("id").where("grant_id", "in", own);
  const photos = read
    .selectFrom("enrolment_photos")
    .select("grant_id")
    .where("grant_id", "in", own);
  const destroyed = {
    templates: await rows(templates),
    enrolmentPhotos: await rows(photos),
    keys: keysTotal,
    evidence: consents.filter(({ sealed_evidence }) => sealed_evidence !== null).length,
    receipts: receipts.length,
    sightings: await rows(of(read.selectFrom("sightings").select("id"))),
    searchReturns: await rows(of(read.selectFrom("search_returns").select("search_id"))),
    entryBodies: await rows(of(read.selectFrom("entries").select("id"))),
  };
  return { destroyed, receipts };
}

/**
 * Issues the certificate of an erasure, in its transaction, signed with the key that signs receipts.
 * Returns the JWS.
 */
export async function issueCertificate(
  tx: Tx,
  recorder: Recorder,
  subject: SubjectId,
  holdings: Holdings,
): Promise<string> {
  const id = newId("cer");
  const now = recorder.clock.now();
  const certificate: ErasureCertificate = {
    schema: "assent-erasure-certificate/1",
    id,
    subject,
    erasedAt: new Date(now).toISOString(),
    ...(await operatorIn(tx)),
    ...holdings,
    remains: [...REMAINS],
    ...(await ledgerIn(tx)),
  };
  const signer = await openSigner(tx, recorder.vault, "receipts");
  const jws = await signer.signJws(CERTIFICATE_TYPE, certificate);
  await tx.write
    .insertInto("certificates")
    .values({ id, subject_id: subject, jws, made_at: now })
    .execute();
  return jws;
}

/** The certificate of a person's erasure, or null for who is not erased. */
export async function certificateOf(db: Reader, subject: SubjectId): Promise<string | null> {
  const row = await db.read
    .selectFrom("certificates")
    .select("jws")
    .where("subject_id", "=", subject)
    .executeTakeFirst();
  return row?.jws ?? null;
}

/** How the ledger names a certificate. */
export function certificateHash(jws: string): string {
  return sha256Hex(jws);
}

const STAYS: Readonly<Record<(typeof REMAINS)[number], string>> = {
  grants: "That a consent was given and when it ended, without anything that says by whom.",
  leaves: "32 bytes a ledger entry, which tell nothing without the salt that was destroyed.",
  photos: "The collection's photos, which belong to the collection whoever is pictured.",
  certificate: "This certificate.",
};

/** The certificate as a page for people. */
export function certificateDocument(certificate: ErasureCertificate, jws: string): Document {
  const { operator, destroyed, ledger } = certificate;
  const counts: readonly (readonly [string, number])[] = [
    ["Face templates", destroyed.templates],
    ["Photos of enrolment", destroyed.enrolmentPhotos],
    ["Keys", destroyed.keys],
    ["Evidence of consent", destroyed.evidence],
    ["Receipts", destroyed.receipts],
    ["Sightings in photos", destroyed.sightings],
    ["Results of searches", destroyed.searchReturns],
    ["Texts of ledger entries", destroyed.entryBodies],
  ];
  return {
    title: "Certificate of erasure",
    language: "en",
    blocks: [
      {
        kind: "facts",
        rows: [
          ["Certificate", certificate.id],
          ["Person", certificate.subject],
          ["Erased at", certificate.erasedAt],
          ...(operator
            ? ([
                ["Erased by", `${operator.name}, ${operator.address}, ${operator.country}`],
                ["Contact", operator.email],
              ] as const)
            : []),
          ...(ledger
            ? ([["Ledger before", `${ledger.size} entries, ${ledger.root}`]] as const)
            : []),
        ],
      },
      { kind: "heading", level: 2, text: "Destroyed" },
      { kind: "facts", rows: counts.map(([label, number]) => [label, String(number)] as const) },
      {
        kind: "paragraph",
        text:
          "What was sealed under the destroyed keys opens no more, in whatever copy of it: in the " +
          "database, and in any backup that is restored with the operator's key file.",
      },
      { kind: "heading", level: 2, text: "What stays" },
      { kind: "list", items: certificate.remains.map((what) => STAYS[what]) },
      { kind: "heading", level: 2, text: "Signed" },
      { kind: "paragraph", text: '"assent verify" checks this text against the operator\'s keys.' },
      { kind: "code", text: jws },
    ],
  };
}

async function operatorIn(db: Reader): Promise<Pick<ErasureCertificate, "operator">> {
  const profile = await readOperator(db);
  if (!profile) return {};
  const { name, address, email, country } = profile;
  return { operator: { name, address, email, country } };
}

async function ledgerIn(db: Reader): Promise<Pick<ErasureCertificate, "ledger">> {
  const newest = await db.read
    .selectFrom("checkpoints")
    .select(["size", "root"])
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!newest) return {};
  return { ledger: { size: newest.size, root: Buffer.from(newest.root).toString("base64") } };
}
