import type { Readable } from "node:stream";
import type { z } from "zod";
import type { Principal } from "../accounts/principal.ts";
import type { App } from "../app.ts";
import type { SessionId } from "../base/ids.ts";
import type {
  BodyOf,
  FileNameOf,
  ParamsOf,
  Produced,
  QueryOf,
  Route,
} from "../contract/contract.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { SpooledFile } from "./spool.ts";

/** A request as its handler sees it: everything in it is parsed, and whoever sends it may. */
export interface Request<Of extends Route> {
  readonly principal: Principal;
  readonly params: ParamsOf<Of>;
  readonly query: QueryOf<Of>;
  readonly body: BodyOf<Of>;
  readonly files: Readonly<Record<FileNameOf<Of>, Uint8Array>>;
  /** The files of a route that takes many (`filesMax`), in order; gone once it is answered. */
  readonly spooled: readonly SpooledFile[];
  /** Writes into the record in the name of whoever asks. */
  readonly recorder: Recorder;
  /** Aborted when the client has gone, or the service stops. */
  readonly signal: AbortSignal;
  /** What starts with `https://` and names this service; without a slash at the end. */
  readonly origin: string;
  /**
   * Called before the last look at whom the answer may name: changes from here on are answered
   * after it ([Note: answers on their way] in http/answers.ts).
   */
  readonly telling: () => void;
  /**
   * Throws HttpError changed_meanwhile where If-Match names another state than this one, as the
   * route would answer it. Called in the transaction that changes it.
   */
  readonly expect: (current: unknown) => void;
  /** Adds a step to the answer's Server-Timing header: what it is called, and milliseconds. */
  readonly timed: (step: string, ms: number) => void;
  /** Signs a browser in or out: the answer sets or clears the cookie. */
  readonly session: {
    /** Of the cookie that came along, where one is in force. */
    readonly id: SessionId | null;
    start(token: string, expiresAt: number): void;
    end(): void;
  };
}

/** A file that is handed out: its content, or where it lies; then any range of it can be asked for. */
export interface Download {
  readonly content: Content | (() => Promise<Content>) | { readonly file: string };
  /** A neutral name: it is in the browser's list of downloads. */
  readonly name: string;
  /** A tag of its content: who has that already is sent nothing, and nothing is made for them. */
  readonly etag?: string;
  /** Where it says more than the route does. */
  readonly type?: string;
}

/** Bytes, or where they come from. */
export type Content = Uint8Array | Readable;

/** What a handler gives back. */
export type AnswerOf<Of extends Route> = Of extends {
  readonly produces: infer Kind extends Produced;
}
  ? Kind extends "text/event-stream"
    ? AsyncIterable<z.input<Of["response"]>>
    : Download
  : z.input<Of["response"]>;

/** Does what a route says. */
export type Handler<Of extends Route> = (app: App, request: Request<Of>) => Promise<AnswerOf<Of>>;

/** A handler for each route of a topic, by its name. */
export type Handlers<Routes extends Readonly<Record<string, Route>>> = {
  readonly [Name in keyof Routes]: Handler<Routes[Name]>;
};
