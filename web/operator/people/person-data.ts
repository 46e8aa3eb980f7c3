import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Answer, assent } from "../service.ts";

export type PersonOf = Answer<"getPerson">;

const KEY = "person";

/** One person of a collection, and how their consent stands. */
export function usePerson(collection: string, subject: string) {
  return useQuery({
    queryKey: [KEY, collection, subject],
    queryFn: async () => assent.getPerson({ collection, subject }),
  });
}

/** Has everything that is shown of a person read anew. */
export function useRenewPerson(collection: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: [KEY, collection] }),
      client.invalidateQueries({ queryKey: ["people", collection] }),
      client.invalidateQueries({ queryKey: ["receipts", collection] }),
    ]);
  };
}
