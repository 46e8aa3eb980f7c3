import { useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { each } from "../../client/each.ts";
import { assent, type Item } from "./service.ts";

export type Collection = Item<"listCollections">;

/** More collections than an organisation has; what is beyond can't be chosen. */
const COLLECTIONS_MAX = 1000;
const PAGE = 200;

export const COLLECTIONS_KEY = ["collections"];

/** Every collection in reach, by name. */
export function useCollections() {
  return useQuery({ queryKey: COLLECTIONS_KEY, queryFn: readCollections, staleTime: 30_000 });
}

async function readCollections(): Promise<readonly Collection[]> {
  const all: Collection[] = [];
  for await (const one of each(assent.listCollections, { limit: PAGE })) {
    all.push(one);
    if (all.length >= COLLECTIONS_MAX) break;
  }
  return all;
}

export const CollectionContext = createContext<Collection | null>(null);

/** The collection in the address: only on screens within one. */
export function useCollection(): Collection {
  const collection = use(CollectionContext);
  if (!collection) throw new Error("This screen is of no collection.");
  return collection;
}
