import { accounts } from "../texts/accounts.ts";
import { guide } from "../texts/guide.ts";
import { instance } from "../texts/instance.ts";
import { invites } from "../texts/invites.ts";
import { people } from "../texts/people.ts";
import { requests } from "../texts/requests.ts";
import { EVERYBODY, OVERSEERS, type Screen, WORKERS } from "./screen.ts";

/** People and invites, what they ask for, accounts, keys, webhooks, jobs, the first run. */
export const peopleScreens: readonly Screen[] = [
  {
    within: "collection",
    path: "people",
    load: async () => (await import("../people/people.tsx")).People,
    who: EVERYBODY,
    name: (language) => people[language].list.title,
  },
  {
    within: "collection",
    path: "people/new",
    load: async () => (await import("../people/enrol.tsx")).Enrol,
    who: WORKERS,
  },
  {
    within: "collection",
    path: "people/lists",
    load: async () => (await import("../people/enrol-list.tsx")).EnrolList,
    who: WORKERS,
  },
  {
    within: "collection",
    path: "people/:subject",
    load: async () => (await import("../people/person.tsx")).Person,
    who: EVERYBODY,
  },
  {
    within: "collection",
    path: "invites",
    load: async () => (await import("../people/invites.tsx")).Invites,
    who: EVERYBODY,
    name: (language) => invites[language].title,
  },
  {
    within: "collection",
    path: "requests",
    load: async () => (await import("../people/requests.tsx")).Requests,
    who: EVERYBODY,
    name: (language) => requests[language].title,
  },
  {
    within: "collection",
    path: "keys",
    load: async () => (await import("../accounts/keys.tsx")).Keys,
    who: OVERSEERS,
    name: (language) => accounts[language].keys.title,
  },
  {
    within: "collection",
    path: "webhooks",
    load: async () => (await import("../instance/webhooks.tsx")).Webhooks,
    who: OVERSEERS,
    name: (language) => instance[language].webhooks.title,
  },
  {
    within: "instance",
    path: "first-steps",
    load: async () => (await import("../guide/first-steps.tsx")).FirstSteps,
    who: ["owner"],
    name: (language) => guide[language].title,
  },
  {
    within: "instance",
    path: "jobs",
    load: async () => (await import("../instance/jobs.tsx")).Jobs,
    who: EVERYBODY,
    name: (language) => instance[language].jobs.title,
  },
  {
    within: "instance",
    path: "accounts",
    load: async () => (await import("../accounts/accounts.tsx")).Accounts,
    who: OVERSEERS,
    name: (language) => accounts[language].title,
  },
  {
    within: "instance",
    path: "organisation",
    load: async () => (await import("../instance/organisation.tsx")).Organisation,
    who: EVERYBODY,
    name: (language) => instance[language].organisation.title,
  },
  {
    within: "instance",
    path: "retention",
    load: async () => (await import("../instance/retention.tsx")).Retention,
    who: OVERSEERS,
    name: (language) => instance[language].retention.title,
  },
  {
    within: "instance",
    path: "mail",
    load: async () => (await import("../accounts/mail.tsx")).MailQueue,
    who: OVERSEERS,
    name: (language) => accounts[language].mail.title,
  },
  {
    within: "instance",
    path: "me",
    load: async () => (await import("../accounts/me.tsx")).MyAccess,
    who: EVERYBODY,
    name: (language) => accounts[language].me.title,
  },
];
