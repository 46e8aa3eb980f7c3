import type { Principal } from "../../accounts/principal.ts";
import type { App } from "../../app.ts";
import type { SubjectId } from "../../base/ids.ts";
import { readSubject } from "../../subjects/subjects.ts";

/** A person's name for those who work with people. Auditors and keys see ids: null. */
export async function nameFor(
  app: App,
  principal: Principal,
  subject: SubjectId,
): Promise<string | null> {
  if (principal.kind !== "account" || principal.role === "auditor") return null;
  return (await readSubject(app.db, app.vault, subject)).name;
}
