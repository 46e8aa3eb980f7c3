import { useQuery } from "@tanstack/react-query";
import { OVERSEERS } from "../screens/screen.ts";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { ACCOUNTS_KEY } from "./account.ts";

/** What an account of the record is called, for those who see accounts; else, or once it is gone, its id. */
export function useAccountNames(): (id: string) => string {
  const { data } = useQuery({
    queryKey: ACCOUNTS_KEY,
    queryFn: async () => assent.listAccounts(),
    enabled: useMay(OVERSEERS),
    staleTime: 60_000,
  });
  return (id) => data?.items.find((one) => one.id === id)?.name ?? id;
}
