import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sniff } from "./sniff.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");

const KINDS = [
  ["\xff\xd8\xff\xe0", "jpeg"],
  ["\x89PNG\r\n\x1a\n", "png"],
  ["GIF89a", "gif"],
  ["RIFF\0\0\0\0WEBPVP8 ", "webp"],
  ["RIFF\0\0\0\0WAVEfmt ", "audio"],
  ["II*\0\x08\0\0\0", "tiff"],
  ["MM\0*\0\0\0\x08", "tiff"],
  ["II*\0\x10\0\0\0CR\x02\0", "raw"],
  ["\0\0\0\x1cftypavif\0\0\0\0mif1avif", "avif"],
  ["\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "avif"],
  ["\0\0\0\x18ftypmif1\0\0\0\0mif1", "heic"],
  ["\0\0\0\x18ftypheix\0\0\0\0mif1", "heic"],
  ["\0\0\0\x18ftypqt  \0\0\0\0qt  ", "video"],
  ["\0\0\0\x18ftypcrx \0\0\0\x01crx ", "raw"],
  ["\x1aE\xdf\xa3", "video"],
  ["\xef\xbb\xbf  <svg xmlns=", "svg"],
  ["<?xml version='1.0'?>\n<!-- drawn -->\n<svg>", "svg"],
  ["<HTML><head>", "html"],
  ["%PDF-1.4", "pdf"],
  ["PK\x03\x04", "zip"],
  ["\xff\x0a\xfa", "jxl"],
  ["plain words\n", "text"],
  ["\0\x01\x02", "unknown"],
  ["", "unknown"],
] as const;

for (const [head, kind] of KINDS)
  test(`${JSON.stringify(head)} is ${kind}`, () => {
    assert.equal(sniff(latin1(head)), kind);
  });

test("no bytes make sniffing fail", () => {
  const heads = fc.constantFrom(...KINDS.map(([head]) => head));
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 600 }), (head, tail) => {
      assert.equal(typeof sniff(Buffer.concat([latin1(head), tail])), "string");
    }),
  );
});
