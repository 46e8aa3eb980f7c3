import { wipe } from "../base/bytes.ts";
import type { SubjectId } from "../base/ids.ts";
import type { Collection } from "../collections/collections.ts";
import { openTemplates } from "../collections/templates.ts";
import type { Embedding } from "../faces/face.ts";
import { packManifest, parsePackName } from "../faces/packs.ts";
import { cosine } from "../faces/similarity.ts";
import type { Recorder } from "../ledger/ledger.ts";
import type { Db } from "../storage/db.ts";
import type { Candidate } from "./gallery.ts";
import { scoreFloor } from "./verdict.ts";

/**
 * Compares faces with one person's templates and nobody else's: at most one candidate a face, and
 * none for a face without a vector or below the floor. Without a live grant there is none.
 */
export async function rankOne(
  db: Db,
  { clock, vault }: Recorder,
  collection: Collection,
  subject: SubjectId,
  embeddings: readonly (Embedding | null)[],
): Promise<readonly (readonly Candidate[])[]> {
  const rows = await db.read
    .selectFrom("templates")
    .innerJoin("grants", "grants.id", "templates.grant_id")
    .select("templates.id")
    .where("templates.collection_id", "=", collection.id)
    .where("templates.pack", "=", collection.pack)
    .where("grants.subject_id", "=", subject)
    .where("grants.state", "=", "granted")
    .where("grants.expires_at", ">", clock.now())
    .execute();
  const ids = rows.map(({ id }) => id);
  const templates = await openTemplates(db, vault, ids);
  const floor = scoreFloor(packManifest(parsePackName(collection.pack)).thresholds);
  const found = embeddings.map((embedding) => {
    if (!embedding) return [];
    const candidates = templates.map(({ id, grant, vector }) => ({
      subject,
      grant,
      template: id,
      score: cosine(embedding, vector),
    }));
    const [best] = candidates.toSorted((a, b) => b.score - a.score);
    return best && best.score >= floor ? [best] : [];
  });
  wipe(...templates.map(({ vector }) => vector));
  return found;
}
