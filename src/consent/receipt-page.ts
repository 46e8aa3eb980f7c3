import { sha256Hex } from "../base/bytes.ts";
import type { Block, Document } from "../print/document.ts";
import type { Receipt } from "../verify/receipt.ts";
import { type ReceiptWords, textsNear } from "./texts/languages.ts";

type Row = readonly [label: string, value: string];

/** A receipt as a page to read and print, with the signed receipt itself at its end. */
export function receiptPage(receipt: Receipt, jws: string, asked: string): Document {
  const { receipt: words, language } = textsNear(asked);
  const record = receipt["dpv:hasRecordOfActivity"];
  const blocks: readonly Block[] = [
    { kind: "paragraph", text: words.intro },
    { kind: "facts", rows: consentRows(receipt, words) },
    ...record["dpv:hasProcess"].flatMap((use) => useBlocks(use, words)),
    { kind: "heading", level: 1, text: words.more },
    { kind: "facts", rows: controllerRows(receipt, words) },
    { kind: "facts", rows: noticeRows(receipt, words, language) },
    { kind: "heading", level: 1, text: words.check.title },
    { kind: "paragraph", text: words.check.text },
    { kind: "facts", rows: [[words.labels.hash, sha256Hex(jws)]] },
    { kind: "code", text: jws },
  ];
  return { title: words.title, language, blocks };
}

function consentRows(receipt: Receipt, { labels, by, how }: ReceiptWords): readonly Row[] {
  const record = receipt["dpv:hasRecordOfActivity"];
  const status = record["dpv:hasConsentStatus"];
  const renewed = status["@type"] === "dpv:RenewedConsentGiven";
  const guardian = status["dpv:isIndicatedBy"] === "dpv:GuardianOfDataSubject";
  const paper = status["dpv:hasIndicationMethod"] === "assent:paper";
  return [
    [labels.number, receipt["dpv:hasIdentifier"]],
    [labels.collection, record["assent:collection"]["schema:name"]],
    [renewed ? labels.renewed : labels.given, dayOf(status["dpv:isIndicatedAtTime"])],
    [labels.by, guardian ? by.guardian : by.subject],
    [labels.how, paper ? how.paper : how.web],
    [labels.until, dayOf(status["dpv:hasDuration"]["rdf:value"])],
    [labels.withdraw, placeOf(record["dpv:hasConsentControl"]["dpv:isExercisedAt"])],
    [labels.made, receipt["dct:created"].slice(0, 16).replace("T", " ").concat(" UTC")],
  ];
}

function useBlocks(
  use: Receipt["dpv:hasRecordOfActivity"]["dpv:hasProcess"][number],
  words: ReceiptWords,
): readonly Block[] {
  const { labels } = words;
  const name = use["dct:identifier"];
  const storage = use["dpv:hasStorageCondition"];
  const purpose = use["dpv:hasPurpose"]["dct:description"];
  const transfers = storage["dct:description"];
  const rows: readonly Row[] = [
    [labels.purpose, name === "find" ? purpose : words.keepPhotoPurpose],
    [labels.basis, words.basis],
    [labels.data, use["dpv:hasPersonalData"].map((one) => words.data[one]).join(", ")],
    [labels.operations, use["dpv:hasProcessing"].map((one) => words.operations[one]).join(", ")],
    [labels.recipients, use["dpv:hasRecipient"].join("; ")],
    [labels.until, dayOf(storage["dpv:hasDuration"]["rdf:value"])],
    [labels.grace, words.days(storage["assent:graceDays"])],
    ...(transfers === undefined ? [] : [[labels.transfers, transfers] as const]),
  ];
  return [
    { kind: "heading", level: 1, text: words.uses[name] },
    { kind: "facts", rows },
  ];
}

function controllerRows(receipt: Receipt, { labels, rights }: ReceiptWords): readonly Row[] {
  const record = receipt["dpv:hasRecordOfActivity"];
  const controller = record["dpv:hasDataController"];
  const authority = record["dpv:hasAuthority"];
  const complaint = authority && [authority["schema:name"], authority["schema:address"]];
  return known([
    [labels.controller, controller["schema:name"]],
    [labels.address, controller["schema:address"]],
    [labels.email, controller["schema:email"]],
    [labels.representative, controller["dpv:hasRepresentative"]],
    [labels.officer, controller["dpv:hasDataProtectionOfficer"]],
    [labels.jurisdiction, record["dpv:hasJurisdiction"]?.slice("loc:".length)],
    [labels.authority, complaint?.filter((part) => part !== undefined).join(", ")],
    [labels.rights, rights],
  ]);
}

function noticeRows(receipt: Receipt, words: ReceiptWords, language: string): readonly Row[] {
  const { labels } = words;
  const record = receipt["dpv:hasRecordOfActivity"];
  const notice = record["dpv:hasNotice"];
  const names = new Intl.DisplayNames([language], { type: "language" });
  const called = names.of(notice["dct:language"]) ?? notice["dct:language"];
  return [
    [labels.notice, words.noticeName(notice["dct:hasVersion"], called)],
    [labels.noticeHash, notice["assent:sha256"]],
    [labels.you, record["dpv:hasDataSubject"]["dct:identifier"]],
    [labels.pack, record["assent:modelPack"]],
    [labels.keyMode, words.keyMode],
  ];
}

function known(rows: readonly (readonly [string, string | undefined])[]): readonly Row[] {
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

function placeOf(address: string): string {
  return address.replace(/^mailto:/u, "");
}
