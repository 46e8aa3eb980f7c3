import { useQuery } from "@tanstack/react-query";
import { Button } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { useAction } from "../shared/states.tsx";
import { type Answer, ask } from "./service.ts";

export type Session = Answer<"whoAmI">;

/** Who is signed in here. */
export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: async () => ask("whoAmI", {}) });
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
