import { useQuery } from "@tanstack/react-query";
import { type Collection, useCollections } from "../collection.tsx";
import { type Profile, useOperator } from "../instance/operator.ts";
import { assent, type Item } from "../service.ts";

type Notice = Item<"listNotices">;

/** How far the way from an empty instance to a working collection has been gone. */
export interface FirstRun {
  readonly operator: Profile | null;
  readonly collection: Collection | null;
  readonly notices: readonly Notice[];
  /** Whether one of them has every item of GDPR 13, and not only the first lines. */
  readonly wholeNotice: boolean;
  readonly asked: boolean;
  readonly photos: boolean;
}

export const STEPS = ["organisation", "collection", "notice", "people", "photos"] as const;
export type Step = (typeof STEPS)[number];

export const FIRST_RUN_KEY = ["first-run"];

/** A whole notice is several thousand characters; the lines a collection begins with are a few. */
const WHOLE_NOTICE_LENGTH = 1500;

/** How far the first run is, with one collection: the one that is named, or the first that is open. */
export function useFirstRun(wanted: string | null) {
  const operator = useOperator();
  const collections = useCollections();
  const open = (collections.data ?? []).filter(({ closed }) => !closed);
  const collection = open.find(({ id }) => id === wanted) ?? open[0] ?? null;
  const inside = useQuery({
    queryKey: [...FIRST_RUN_KEY, collection?.id],
    queryFn: async () => (collection === null ? null : readInside(collection.id)),
    enabled: collections.data !== undefined,
    // Whoever comes back has just done a step elsewhere.
    staleTime: 0,
  });
  const failed = [operator, collections, inside].find(({ error }) => error !== null);
  const ready = operator.data && collections.data && inside.data !== undefined;
  const data: FirstRun | undefined = ready
    ? { operator: operator.data.operator, collection, ...(inside.data ?? NOTHING) }
    : undefined;
  const refetch = async (): Promise<unknown> =>
    Promise.all([operator.refetch(), collections.refetch(), inside.refetch()]);
  return { data, error: failed?.error ?? null, refetch, collections: open };
}

const NOTHING = { notices: [], wholeNotice: false, asked: false, photos: false } as const;

async function readInside(collection: string) {
  const one = { collection, limit: 1 };
  const [notices, people, invites, photos] = await Promise.all([
    assent.listNotices({ collection }),
    assent.listPeople(one),
    assent.listInvites(one),
    assent.listPhotos(one),
  ]);
  return {
    notices: notices.items,
    wholeNotice: notices.items.some(({ body }) => body.length >= WHOLE_NOTICE_LENGTH),
    asked: people.items.length + invites.items.length > 0,
    photos: photos.items.length > 0,
  };
}

/** The steps that are done. */
export function doneSteps(run: FirstRun): readonly Step[] {
  const done: Readonly<Record<Step, boolean>> = {
    organisation: run.operator !== null,
    collection: run.collection !== null,
    notice: run.wholeNotice,
    people: run.asked,
    photos: run.photos,
  };
  return STEPS.filter((step) => done[step]);
}
