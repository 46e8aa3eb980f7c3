import type { z } from "zod";
import type { FileNameOf, ParamsOf, Route } from "../src/contract/contract.ts";
import type { ROUTES } from "../src/contract/routes.ts";
import type { Download } from "./answers.ts";

type Routes = typeof ROUTES;

/**
 * Everything that can be asked of a service, by name: one method a route, typed by its schemas. A
 * route that the contract gains is a method here without a line more.
 */
export type Calls = { readonly [Name in keyof Routes]: Call<Routes[Name]> };

/** What may be said of any call. */
export interface CallOptions {
  /** Ends the call, and the waiting between its attempts, with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The Idempotency-Key of a write; one is made where none is given, and kept over the attempts. A
   * program that remembers its own can ask again after a crash without doing anything twice.
   */
  readonly key?: string;
  /** `tagOf` what was read before: who has changed it since is not overwritten (changed_meanwhile). */
  readonly ifMatch?: string | null;
}

/** A file to be sent: a Blob can be larger than memory, a File brings its name along. */
export type Sent = Blob | Uint8Array<ArrayBuffer>;

/** One method: the parts of its request in one object, whatever place they have in it. */
export type Call<Of extends Route> = (
  ...given: object extends InputOf<Of>
    ? [input?: InputOf<Of>, options?: CallOptions]
    : [input: InputOf<Of>, options?: CallOptions]
) => AnswerOf<Of>;

/** The parameters, query, body and files of a route, side by side. */
export type InputOf<Of extends Route> = Flat<
  { readonly [Name in keyof ParamsOf<Of>]: string } & SentAs<Of, "query"> &
    SentAs<Of, "body"> & {
      readonly [Name in FileNameOf<Of>]: Of extends { readonly filesMax: number }
        ? Sent | readonly Sent[]
        : Sent;
    }
>;

/** What a route answers: JSON, a file, or events one after the other. */
export type AnswerOf<Of extends Route> = Of extends { readonly produces: "text/event-stream" }
  ? AsyncIterable<z.output<Of["response"]>>
  : Of extends { readonly produces: string }
    ? Promise<Download>
    : Promise<z.output<Of["response"]>>;

/** As it goes over the wire, or what it stands for there: a form's number may be a number. */
type SentAs<Of extends Route, Part extends "query" | "body"> =
  Of extends Readonly<Record<Part, infer Schema extends z.ZodObject>>
    ? {
        readonly [Name in keyof z.input<Schema>]:
          | z.input<Schema>[Name]
          | (Name extends keyof z.output<Schema> ? z.output<Schema>[Name] : never);
      }
    : object;

type Flat<Parts> = { readonly [Name in keyof Parts]: Parts[Name] };
