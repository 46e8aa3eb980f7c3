import { AssertionError } from "../base/errors.ts";
import { MediaError, type MediaCode } from "../media/errors.ts";
import type { PhotoSource } from "../media/source.ts";
import type { Picture } from "../media/picture.ts";
import type { Analysis, EmbedChoice, FacePlace, FrameFace, Use } from "./engine.ts";
import { FacesError, type FacesCode } from "./errors.ts";
import type { Embedding } from "./face.ts";
import type { PackName } from "./packs.ts";

/**
 * What a worker is told. One job at a time, `open` first. `cancel` and `close` may come while
 * another runs and are not answered: the one ends that job, the other, after it, the worker.
 */
export type Job =
  | { readonly kind: "open"; readonly pack: PackName; readonly folder: string }
  | {
      readonly kind: "analyse";
      readonly source: PhotoSource;
      readonly embed: EmbedChoice;
      readonly use: Use;
    }
  | {
      readonly kind: "frame";
      readonly source: Picture;
      readonly embed: boolean;
      readonly thorough: boolean;
    }
  | {
      readonly kind: "embed";
      readonly source: PhotoSource | Picture;
      readonly faces: readonly FacePlace[];
    }
  | { readonly kind: "cancel" }
  | { readonly kind: "close" };

/** What came of a job, by its kind. */
export type Result =
  | { readonly kind: "open"; readonly pack: string; readonly templateSize: number }
  | { readonly kind: "analyse"; readonly analysis: Analysis }
  | { readonly kind: "frame"; readonly faces: readonly FrameFace[] }
  | { readonly kind: "embed"; readonly embeddings: readonly (Embedding | null)[] };

/** A job is done. The buffers of the embeddings are transferred. */
export interface Done {
  readonly kind: "done";
  readonly result: Result;
}

/** A job failed. Error classes do not survive the way between threads; their codes do. */
export interface Failed {
  readonly kind: "failed";
  readonly error:
    | { readonly room: "media"; readonly code: MediaCode; readonly found: MediaError["found"] }
    | { readonly room: "faces"; readonly code: FacesCode; readonly message: string }
    | { readonly room: "none"; readonly message: string };
}

/** The embeddings in a result, for transfer and for wiping. */
export function embeddingsIn(result: Result): readonly Embedding[] {
  switch (result.kind) {
    case "open":
      return [];
    case "analyse":
      return result.analysis.faces.flatMap(({ embedding }) => (embedding ? [embedding] : []));
    case "frame":
      return result.faces.flatMap(({ embedding }) => (embedding ? [embedding] : []));
    case "embed":
      return result.embeddings.filter((embedding) => embedding !== null);
    default:
      return result satisfies never;
  }
}

/** An error as a message. What is neither of media nor of faces is a bug; its text is ours. */
export function toFailed(error: unknown): Failed {
  if (error instanceof MediaError) {
    return { kind: "failed", error: { room: "media", code: error.code, found: error.found } };
  }
  if (error instanceof FacesError) {
    const { code, message } = error;
    return { kind: "failed", error: { room: "faces", code, message } };
  }
  const message = error instanceof Error ? error.message : "Something that is no error was thrown";
  return { kind: "failed", error: { room: "none", message } };
}

/** The error that a message stands for. */
export function toError({ error }: Failed): Error {
  switch (error.room) {
    case "media":
      return new MediaError(error.code, error.found === null ? {} : { found: error.found });
    case "faces":
      return new FacesError(error.code, error.message);
    case "none":
      return new AssertionError(error.message);
    default:
      return error satisfies never;
  }
}
