import { z } from "zod";
import { defineRoute, OVERSEERS } from "./contract.ts";
import {
  alertId,
  collectionId,
  done,
  instant,
  page,
  pageQuery,
  searchId,
  subjectId,
} from "./fields.ts";
import { witnessState } from "./ledger.ts";

export const alert = z
  .object({
    id: alertId,
    kind: z.enum(["repeated_probes"]),
    collection: collectionId,
    account: z.string().meta({ description: "Whose searches." }),
    subject: subjectId.nullable().meta({ description: "Null once they are erased." }),
    search: searchId,
    searches: z
      .int()
      .meta({ description: "How many searches of the hour before returned the person." }),
    raisedAt: instant,
    seenAt: instant.nullable(),
    seenBy: z.string().nullable(),
  })
  .meta({ id: "Alert", description: "Something unusual that an owner or auditor should look at." });

const sweepLine = z
  .object({
    kind: z.string().meta({ description: "What goes, one word each." }),
    count: z.int(),
    oldest: instant.nullable(),
  })
  .meta({ id: "SweepLine" });

const mail = z
  .object({
    id: z.string(),
    kind: z.enum(["account_link", "subject_link", "invite"]),
    state: z.enum(["waiting", "sent", "dead"]),
    attempts: z.int(),
    nextAt: instant,
    errorCode: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: "Mail", description: "A message in the queue, without its text or its address." });

export const status = z
  .object({
    at: instant,
    database: z.enum(["sqlite", "postgres"]),
    operator: z.string().nullable(),
    epochs: z.object({ count: z.int(), newestAt: instant }),
    collections: z.array(
      z.object({
        name: z.string(),
        photos: z.int(),
        waiting: z.int().meta({ description: "Photos not yet compared with who came last." }),
        people: z.int(),
        paused: z.int(),
        ending: z.int().meta({ description: "People whose consent ends within 30 days." }),
      }),
    ),
    jobs: z.object({ queued: z.int(), running: z.int(), failed: z.int() }),
    ledger: z.object({
      entries: z.int(),
      waiting: z.int().meta({ description: "Not yet in the tree." }),
      checkpoint: z.object({ size: z.int(), at: instant }).nullable(),
      witness: witnessState,
    }),
    openObjections: z.int(),
    webhooks: z.object({ endpoints: z.int(), waiting: z.int(), dead: z.int() }),
    retention: z.array(sweepLine).meta({ description: "What a sweep would do now." }),
    keyFiles: z
      .array(z.object({ path: z.string(), behind: z.boolean() }))
      .meta({ description: "Where backups' files of keys are kept up to date." }),
    restoredAt: instant.nullable(),
  })
  .meta({ id: "Status", description: "Counts and ids alone." });

const PAPER_LANGUAGES = ["en", "nl"] as const;
const paperQuery = z.object({
  language: z.enum(PAPER_LANGUAGES).default("en").meta({
    description: "Of schedule, sign and poster; the others are in English.",
  }),
});

export const oversightRoutes = {
  getStatus: defineRoute({
    method: "GET",
    path: "/api/v1/status",
    summary: "What the instance holds, and what waits to be done.",
    access: { who: OVERSEERS, scope: null },
    response: status,
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  listAlerts: defineRoute({
    method: "GET",
    path: "/api/v1/alerts",
    summary: "What is unusual, the newest first.",
    access: { who: OVERSEERS, scope: null },
    query: z.object({
      ...pageQuery,
      collection: collectionId.optional(),
      unseen: z.enum(["yes", "no"]).default("no").meta({ description: "Only what nobody saw." }),
    }),
    response: page(alert),
    status: 200,
    errors: ["cursor_invalid"],
    example: { as: "auditor", query: { unseen: "yes" }, keeps: { alert: "items.0.id" } },
  }),
  noteAlertSeen: defineRoute({
    method: "POST",
    path: "/api/v1/alerts/:alert/seen",
    summary: "Say that you have looked at an alert. Nobody does so of their own searches.",
    access: { who: OVERSEERS, scope: null },
    response: done,
    status: 200,
    errors: ["alert_unknown"],
    example: { as: "auditor" },
  }),
  listMail: defineRoute({
    method: "GET",
    path: "/api/v1/mail",
    summary: "The newest messages to people; without a mail server they wait here.",
    access: { who: OVERSEERS, scope: null },
    response: page(mail),
    status: 200,
    errors: [],
    example: { as: "owner" },
  }),
  planSweep: defineRoute({
    method: "GET",
    path: "/api/v1/retention",
    summary: "What a sweep would remove now, and since when it has been there.",
    access: { who: OVERSEERS, scope: null },
    response: page(sweepLine),
    status: 200,
    errors: [],
    example: { as: "auditor" },
  }),
  sweepNow: defineRoute({
    method: "POST",
    path: "/api/v1/retention/sweep",
    summary: "Remove everything whose time is over, now rather than by tonight.",
    access: { who: ["owner"], scope: null },
    response: page(sweepLine),
    status: 200,
    errors: ["scrub_due", "key_file_due"],
    example: { as: "owner" },
  }),
  listPapers: defineRoute({
    method: "GET",
    path: "/api/v1/papers",
    summary: "The papers the law asks for, and what they can't say yet.",
    access: { who: OVERSEERS, scope: null },
    query: paperQuery,
    response: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(["record", "dpia", "schedule", "sign", "poster", "breach"]),
          title: z.string(),
          language: z.string().meta({ description: "That it is written in (BCP 47)." }),
          collection: z.string().nullable().meta({ description: "The name of the one it is for." }),
        }),
      ),
      missing: z
        .array(
          z.object({
            kind: z.enum(["operator", "collection", "alternative"]),
            collection: z.string().nullable().meta({ description: "The name of the one." }),
          }),
        )
        .meta({ description: "What nobody told the instance yet." }),
    }),
    status: 200,
    errors: [],
    example: { as: "auditor", keeps: { paper: "items.0.name" } },
  }),
  getPaperPage: defineRoute({
    method: "GET",
    path: "/api/v1/papers/:paper/page",
    summary: "A paper as a page that needs nothing else.",
    access: { who: OVERSEERS, scope: null },
    query: paperQuery,
    response: z.string(),
    produces: "text/html",
    status: 200,
    errors: ["paper_unknown"],
    example: { as: "auditor" },
  }),
  getPaperPdf: defineRoute({
    method: "GET",
    path: "/api/v1/papers/:paper/pdf",
    summary: "A paper as a PDF.",
    access: { who: OVERSEERS, scope: null },
    query: paperQuery,
    response: z.string(),
    produces: "application/pdf",
    status: 200,
    errors: ["paper_unknown"],
    example: { as: "auditor" },
  }),
};
