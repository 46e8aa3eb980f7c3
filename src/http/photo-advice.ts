import { isProblemCode, PROBLEMS } from "../contract/problems.ts";
import { isMediaCode, mediaAdvice } from "../media/errors.ts";

/** What to do about a file that was refused, by the code of the refusal. */
export function adviceOn(reason: string | null): string | null {
  if (reason === null) return null;
  if (isMediaCode(reason)) return mediaAdvice(reason);
  return isProblemCode(reason) ? PROBLEMS[reason][1] : null;
}
