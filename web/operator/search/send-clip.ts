import { ROUTES } from "../../../src/contract/routes.ts";
import type { Problem, ProblemCode } from "../../../src/contract/problems.ts";
import { linkAt, Refused } from "../../shared/ask.ts";
import type { Answer } from "../service.ts";

export type FoundInClip = Answer<"searchByVideo">;

/**
 * Searches by a clip, and tells how many bytes of the form were sent: `fetch` can't tell, so this
 * asks in the older way. Throws Refused; an aborted question is never answered.
 */
export async function sendClip(
  asked: {
    readonly collection: string;
    readonly purpose: string;
    readonly video: File;
    /** The last day on which it is kept; null: it is deleted with the answer. */
    readonly keepUntil: string | null;
  },
  onSent: (bytes: number, of: number) => void,
  signal: AbortSignal,
): Promise<FoundInClip> {
  const { method, path } = ROUTES.searchByVideo;
  const form = new FormData();
  form.append("purpose", asked.purpose);
  if (asked.keepUntil !== null) form.append("keepUntil", asked.keepUntil);
  form.append("video", asked.video, asked.video.name);
  const request = new XMLHttpRequest();
  request.open(method, linkAt([method, path], { collection: asked.collection }));
  request.setRequestHeader("x-assent-request", "1");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => onSent(loaded, total));
  signal.addEventListener("abort", () => request.abort());
  return new Promise((answer, refuse) => {
    request.addEventListener("error", () =>
      refuse(new Refused("unreachable", "The service can't be reached.")),
    );
    request.addEventListener("load", () => {
      // What is sent went through the route's response schema on the server.
      if (request.status === 200) answer(request.response as FoundInClip);
      else refuse(refusal(request.response as Partial<Problem> | null));
    });
    request.send(form);
  });
}

function refusal(told: Partial<Problem> | null): Refused {
  const code = (told?.code ?? "unknown") as ProblemCode | "unknown";
  return new Refused(code, told?.detail ?? told?.title ?? "");
}
