import { useQuery } from "@tanstack/react-query";
import { ask } from "./service.ts";

/** The person's consents, for whoever shows something by them. */
export function useGrants(subject: string) {
  return useQuery({
    queryKey: ["me", "grants"],
    queryFn: async () => ask("listGrants", { subject }),
  });
}
