import { z } from "zod";
import { defineRoute, READERS, STAFF } from "./contract.ts";
import { day, done } from "./fields.ts";

/** What a search may say of what it is made with. */
export const keepUntil = day.optional().meta({
  description:
    "Keep it, sealed, to the end (UTC) of this day, at most as long as getSearchAllowance says. It is " +
    "deleted with the answer where no day is named.",
});

const PATH = "/api/v1/collections/:collection/searches/:search/probe";

export const keptProbeRoutes = {
  getProbe: defineRoute({
    method: "GET",
    path: PATH,
    summary:
      "What a search was made with, while it is kept: your own, or for overseers anybody's. It is recorded.",
    access: { who: READERS, scope: null },
    response: z.unknown(),
    produces: "application/octet-stream",
    status: 200,
    errors: ["probe_unknown"],
    example: { as: "owner", params: { search: "$keptsearch" } },
  }),
  deleteProbe: defineRoute({
    method: "DELETE",
    path: PATH,
    summary: "Delete what a search was made with before its time.",
    access: { who: STAFF, scope: null },
    response: done,
    status: 200,
    errors: ["probe_unknown"],
    example: { as: "owner", params: { search: "$keptsearch" } },
  }),
};
