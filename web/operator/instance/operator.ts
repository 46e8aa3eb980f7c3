import { useQuery } from "@tanstack/react-query";
import { type Answer, assent } from "../service.ts";

export type Profile = NonNullable<Answer<"getOperator">["operator"]>;

export const OPERATOR_KEY = ["operator"];

/** Who answers for the instance; null where nobody has said so. */
export function useOperator() {
  return useQuery({ queryKey: OPERATOR_KEY, queryFn: async () => assent.getOperator() });
}
