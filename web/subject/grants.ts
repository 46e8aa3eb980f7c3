import { useQuery } from "@tanstack/react-query";
import { ask } from "./service.ts";

/** The person's consents, for whoever shows something by them. */
export function useGrants(subject: string) {
  return useQuery({
    queryKey: ["me", "grants"],
    queryFn: async () => ask("listGrants", { subject }),
  });
}

/** The person's consent in a collection that has not ended; undefined while it is not known, or none. */
export function useGrantIn(collection: string, subject: string) {
  const { data, error, refetch } = useGrants(subject);
  const grant = data?.items.find(
    ({ collection: { id }, endedAt }) => id === collection && endedAt === null,
  );
  return { known: data !== undefined, grant, error, refetch };
}
