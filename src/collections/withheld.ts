import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { SubjectId } from "../base/ids.ts";
import type { Schema } from "../storage/schema.ts";

/**
 * [Note: withheld] An objection that staff have not rejected withholds what it is about from
 * everybody: a whole photo, or one face in it. Whoever objected to their own face is still shown it
 * when nobody but them looks on.
 *
 * `alone` is that one person, or null where anybody else reads. For queries that have `faces`.
 */
export function notWithheld(
  where: ExpressionBuilder<Schema, "faces">,
  alone: SubjectId | null,
): Expression<SqlBool> {
  const inForce = where
    .selectFrom("objections")
    .select("objections.id")
    .whereRef("objections.media_id", "=", "faces.media_id")
    .where("objections.state", "<>", "rejected")
    .where((objection) => {
      const others = objection.or([
        objection("objections.subject_id", "is", null),
        objection("objections.subject_id", "<>", alone ?? ("" as SubjectId)),
      ]);
      const ofFace = objection("objections.face_id", "=", objection.ref("faces.id"));
      return objection.or([
        objection("objections.face_id", "is", null),
        objection.and([ofFace, others]),
      ]);
    });
  return where.not(where.exists(inForce));
}
