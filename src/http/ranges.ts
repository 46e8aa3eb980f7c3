import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "./errors.ts";

/**
 * Sends a file, or the one range of it that was asked for (RFC 9110, 14): a player looks for a
 * moment without the rest. Several ranges at once, and units we do not know, are answered with the
 * whole; so is a range of a file as it was (`If-Range`), for no answer names the state of a file,
 * and HEAD, which knows no ranges. Throws HttpError range_unsatisfiable.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<FastifyReply> {
  const { size } = await stat(path);
  reply.header("accept-ranges", "bytes");
  const { method, headers } = request;
  const isRanged = method === "GET" && headers["if-range"] === undefined;
  const range = isRanged ? rangeOf(headers.range, size) : null;
  if (range === "none") {
    throw new HttpError("range_unsatisfiable", { headers: { "content-range": `bytes */${size}` } });
  }
  if (range === null) {
    return reply.header("content-length", size).send(createReadStream(path));
  }
  const { start, end } = range;
  return reply
    .code(206)
    .header("content-range", `bytes ${start}-${end}/${size}`)
    .header("content-length", end - start + 1)
    .send(createReadStream(path, { start, end }));
}

/** The bytes asked for, both ends included; null is all of them, `none` none that there are. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | "none" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/iu.exec(header?.trim() ?? "");
  if (!match) return null;
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return null;
  if (from === "") {
    const length = Math.min(size, Number(to));
    return length === 0 ? "none" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size) return "none";
  // What ends before it begins is no range at all.
  return end < start ? null : { start, end };
}
