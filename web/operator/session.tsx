import { useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { Button } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { useAction } from "../shared/states.tsx";
import type { Role } from "./screens/screen.ts";
import { assent } from "./service.ts";

/** Whoever is signed in on this side. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export const MeContext = createContext<Me | null>(null);

/** Whoever is signed in: only below the guard, which lets nobody else through. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error("Nobody is signed in here.");
  return me;
}

/** Whether the reader has one of these roles: what they may not do, they are not offered. */
export function useMay(roles: readonly Role[]): boolean {
  return roles.includes(useMe().role);
}

export const SESSION_KEY = ["session"];

/** Who is signed in in this browser. */
export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: async () => assent.whoAmI() });
}

/** Signs out, in this browser. */
export function SignOut() {
  const { signOut } = useTexts();
  const out = useAction(async () => {
    await assent.signOut();
    location.assign("/");
  });
  return (
    <Button look="second" slim busy={out.busy} onPress={out.run}>
      {signOut}
    </Button>
  );
}
