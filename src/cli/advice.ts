import { type QualityProblem, qualityAdvice } from "../faces/quality.ts";
import { type MediaCode, mediaAdvice } from "../media/errors.ts";

/** What to do about a reason, in one sentence. */
export function adviceFor(reason: string): string {
  return (
    qualityAdvice[reason as QualityProblem] ??
    mediaAdvice(reason as MediaCode) ??
    "See the documentation of this reason."
  );
}
