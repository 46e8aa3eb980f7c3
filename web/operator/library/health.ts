import { useQuery } from "@tanstack/react-query";
import { type Answer, assent } from "../service.ts";

export type Health = Answer<"getCollectionHealth">;

/** While something is under way, what is done should be seen at once; else now and then. */
const WORKING_MS = 1500;
const RESTING_MS = 15_000;

/** How a collection is, kept up to date; often while it works, or `working` says that it will. */
export function useHealth(collection: string, working = false) {
  return useQuery({
    queryKey: ["health", collection],
    queryFn: async () => assent.getCollectionHealth({ collection }),
    refetchInterval: ({ state }) =>
      working || (state.data && isBusy(state.data)) ? WORKING_MS : RESTING_MS,
  });
}

function isBusy({ receiving, received, jobs }: Health): boolean {
  return receiving + received + jobs > 0;
}
