import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { useAction } from "../shared/states.tsx";
import { type Answer, ask } from "./service.ts";

export type Session = Answer<"whoAmI">;

const KEY = ["session"];

/** Who is signed in here. */
export function useSession() {
  return useQuery({ queryKey: KEY, queryFn: async () => ask("whoAmI", {}) });
}

/** Has every page ask anew, once somebody signed in or out. */
export function useRenewSession(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
    await client.invalidateQueries({ queryKey: KEY });
  };
}

/** Signs out, in this browser. */
export function SignOut() {
  const { signOut } = useTexts();
  const out = useAction(async () => {
    await ask("signOut", {});
    location.assign("/");
  });
  return (
    <Button look="second" slim busy={out.busy} onPress={out.run}>
      {signOut}
    </Button>
  );
}
