import type { ReactNode } from "react";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useWords } from "../shared/words.ts";
import { Loaded } from "./parts/states.tsx";
import { MeContext, useSession } from "./session.tsx";
import { shell } from "./texts/shell.ts";

/** Lets the operator's own people in, and shows everybody else the way. */
export function Guard({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const { data } = session;
  if (data?.kind === "account" && data.id !== null && data.role !== null) {
    const { id, role, name } = data;
    return <MeContext value={{ id, role, name: name ?? "" }}>{children}</MeContext>;
  }
  return (
    <Frame>
      <Loaded query={session}>{() => <NotSignedIn />}</Loaded>
    </Frame>
  );
}

function NotSignedIn() {
  const words = useWords(shell);
  return (
    <>
      <Heading>{words.notSignedIn}</Heading>
      <p>{words.notStaff}</p>
      <a className="button first" href="/sign-in">
        {words.signIn}
      </a>
    </>
  );
}
