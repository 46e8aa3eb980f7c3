import { readProblem } from "./answers.ts";
import type { Badge } from "./badge.ts";
import { ConnectionError } from "./errors.ts";
import { type Patience, Waiting } from "./patience.ts";

/** A request before it is sent: made anew for each attempt. */
export interface WireRequest {
  readonly method: string;
  /** From the slash on, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => BodyInit;
  readonly signal?: AbortSignal | undefined;
}

/** What requests go through: who sends them to where, and how often they are tried. */
export interface Wire {
  /** Of the service: `https://photos.example`. */
  readonly origin: string;
  readonly patience: Patience;
  /**
   * Sends a request until it is answered, and reads the answer; what fails in passing is tried
   * again. Throws ProblemError, ConnectionError, or the reason of its signal.
   */
  send<Answer>(request: WireRequest, read: Reader<Answer>): Promise<Answer>;
  /** The same, in one attempt. */
  sendOnce<Answer>(request: WireRequest, read: Reader<Answer>): Promise<Answer>;
}

export type Reader<Answer> = (answer: Response) => Promise<Answer>;

/** Opens the way to a service. */
export function openWire(settings: {
  readonly origin: string;
  readonly badge: Badge;
  readonly patience: Patience;
  /** One attempt may take so long until its answer begins, and is read where it is JSON. */
  readonly attemptMs: number;
}): Wire {
  const { origin, badge, patience, attemptMs } = settings;
  const sendOnce = async <Answer>(request: WireRequest, read: Reader<Answer>): Promise<Answer> => {
    using limit = timeLimit(attemptMs, request.signal);
    try {
      const answer = await fetch(`${origin}${request.path}`, {
        method: request.method,
        headers: { ...request.headers, ...badge.headers(origin) },
        ...(request.body ? { body: request.body() } : {}),
        credentials: badge.cookies,
        redirect: "error",
        signal: limit.signal,
      });
      badge.learn(answer);
      if (!answer.ok) throw await readProblem(answer);
      return await read(answer);
    } catch (error) {
      throw limit.explain(error);
    }
  };
  const send = async <Answer>(request: WireRequest, read: Reader<Answer>): Promise<Answer> => {
    for (const waiting = new Waiting(patience, request.signal); ;) {
      try {
        return await sendOnce(request, read);
      } catch (error) {
        await waiting.after(error);
      }
    }
  };
  return { origin, patience, send, sendOnce };
}

/** A signal that is aborted by the caller's at any time, and by the clock until it is disposed of. */
function timeLimit(ms: number, outer: AbortSignal | undefined) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  const signal = outer ? AbortSignal.any([outer, late.signal]) : late.signal;
  return {
    signal,
    /** What a failure was, in this client's words. */
    explain: (error: unknown): unknown => {
      if (outer?.aborted === true) return outer.reason;
      if (late.signal.aborted) {
        return new ConnectionError("too_slow", "The service took too long to answer.");
      }
      // What fetch says where there is no answer (Fetch Standard, 5.6): a TypeError without a code.
      if (!(error instanceof TypeError)) return error;
      return new ConnectionError("unreachable", "The service can't be reached.", { cause: error });
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
