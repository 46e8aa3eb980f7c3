import { type QualityProblem, qualityAdvice } from "../faces/quality.ts";
import { type MediaCode, mediaAdvice } from "../media/errors.ts";

/** Failures of one photo that are neither its file's nor its faces'. */
const OTHER_ADVICE: Readonly<Record<string, string>> = {
  photo_too_slow: "The photo took too long to look at. Export it smaller.",
  worker_died:
    "The photo needs more memory than there is. Export it smaller, or use fewer --workers.",
};

const NO_ADVICE = "Give the file again; if that does not help, leave it out.";

/** What to do about a face that can't be used, in one sentence. */
export function faceAdvice(problem: QualityProblem): string {
  return qualityAdvice[problem];
}

/** What to do about a file that was refused, in one or two sentences. */
export function fileAdvice(reason: string): string {
  // `too_small` is said of a picture and of a face: of a file it is the picture.
  return mediaAdvice(reason as MediaCode) ?? OTHER_ADVICE[reason] ?? NO_ADVICE;
}

/** What to do about a row of a list of people: its photo shows no usable face. */
export function rowAdvice(code: string): string {
  return qualityAdvice[code as QualityProblem] ?? fileAdvice(code);
}
