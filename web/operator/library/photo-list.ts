import { useQueries } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { assent, type Item } from "../service.ts";

export type Photo = Item<"listPhotos">;

/** Which photos are looked at, in what order: it stands in the address. */
export interface PhotoList {
  readonly order: "newest" | "date";
  readonly show: "all" | "pending" | "problem";
  /** Only photos that show this person. */
  readonly subject: string | null;
}

const ORDERS = ["newest", "date"] as const;
const SHOWN = ["all", "pending", "problem"] as const;

/** Photos asked for at once: a few screens of tiles. */
const PAGE = 100;
/** What was looked at is kept so long, for who scrolls back, and forgotten then. */
const KEPT_MS = 60_000;
/** A short list may be one that an import has just begun to fill: what comes should be seen. */
const GROWING_MS = 5000;

/** The list in the address. */
export function usePhotoList(): PhotoList {
  const [query] = useSearchParams();
  return {
    order: ORDERS.find((one) => one === query.get("order")) ?? "newest",
    show: SHOWN.find((one) => one === query.get("show")) ?? "all",
    subject: query.get("subject"),
  };
}

/** A list as it stands behind `?` in an address; what is usual is left out. */
export function addressOf({ order, show, subject }: PhotoList, more: object = {}): string {
  const query = new URLSearchParams({
    ...(order === "newest" ? {} : { order }),
    ...(show === "all" ? {} : { show }),
    ...(subject === null ? {} : { subject }),
    ...more,
  });
  return query.size === 0 ? "" : `?${query.toString()}`;
}

export function photosKey(collection: string): readonly unknown[] {
  return ["photos", collection];
}

/**
 * The photos of a list from place `first` to before `last`, page by page of the whole; only these
 * are asked for and kept, however long the list is. `total` is null until it is known.
 */
export function usePhotos(
  collection: string,
  list: PhotoList,
  { first, last }: { readonly first: number; readonly last: number },
) {
  const from = Math.floor(first / PAGE);
  const pages = Array.from(
    { length: Math.max(1, Math.ceil(last / PAGE) - from) },
    (_, index) => from + index,
  );
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...photosKey(collection), list, page],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
        readPage(collection, list, page, signal),
      staleTime: KEPT_MS,
      gcTime: KEPT_MS,
      refetchInterval: ({
        state: { data },
      }: {
        readonly state: { readonly data: Page | undefined };
      }) => (data && (data.total ?? PAGE) < PAGE ? GROWING_MS : (false as const)),
    })),
  });
  const known = results.find(({ data }) => data !== undefined)?.data;
  return {
    total: known?.total ?? null,
    error: results.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => results.forEach((result) => void result.refetch()),
    at: (place: number): Photo | null =>
      results[Math.floor(place / PAGE) - from]?.data?.items[place % PAGE] ?? null,
  };
}

type Page = Awaited<ReturnType<typeof readPage>>;

async function readPage(
  collection: string,
  { order, show, subject }: PhotoList,
  page: number,
  signal: AbortSignal,
) {
  const query = {
    collection,
    order,
    ...(show === "pending" ? { pending: "yes" as const } : {}),
    ...(show === "problem" ? { problem: "yes" as const } : {}),
    ...(subject === null ? {} : { subject }),
    from: page * PAGE,
    limit: PAGE,
  };
  return assent.listPhotos(query, { signal });
}
