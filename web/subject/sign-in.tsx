import { useState } from "react";
import { Link } from "react-router";
import { Button, Field, Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { Done, Failure, Loading, toldBy, useAction } from "../shared/states.tsx";
import { forgetToken, tokenInAddress } from "../shared/token.ts";
import { hasPasskeys } from "../shared/passkeys.ts";
import { signInByPasskey } from "./passkeys.ts";
import { ask } from "./service.ts";
import { type Session, SignOut, useSession } from "./session.tsx";

type Whose = "account" | "subject";

/** Signing in: by the link in the address, by asking for one, or by a passkey. */
export function SignIn({ whose }: { readonly whose: Whose }) {
  const { signIn } = useTexts();
  const session = useSession();
  const [token, setToken] = useState(tokenInAddress);
  const title = whose === "account" ? signIn.title : signIn.titlePerson;
  if (token !== null) {
    return (
      <Frame>
        <Finish token={token} onOver={() => setToken(null)} />
      </Frame>
    );
  }
  if (session.isPending) {
    return (
      <Frame>
        <Heading>{title}</Heading>
        <Loading />
      </Frame>
    );
  }
  if (session.data && session.data.kind !== "nobody") return <SignedIn session={session.data} />;
  return (
    <Frame>
      <Heading>{title}</Heading>
      {session.error ? (
        <Failure error={session.error} again={() => void session.refetch()} />
      ) : null}
      {whose === "subject" ? <p>{signIn.whatPerson}</p> : null}
      <AskForLink whose={whose} />
      {hasPasskeys() ? <ByPasskey /> : null}
      <p className="section">
        <Link to={whose === "account" ? "/me" : "/sign-in"}>
          {whose === "account" ? signIn.personInstead : signIn.staffInstead}
        </Link>
      </p>
    </Frame>
  );
}

/** Leads whoever signed in to their side. Everything is asked anew there. */
function enter({ kind }: Session): void {
  forgetToken();
  if (kind === "account") location.assign("/app");
  else location.assign(location.pathname.startsWith("/me") ? location.pathname : "/me");
}

/** Waits for a press: programs that look through mail open links, but press nothing. */
function Finish(of: { readonly token: string; readonly onOver: () => void }) {
  const { signIn } = useTexts();
  const finish = useAction(async () => {
    enter(await ask("signInWithLink", { token: of.token }));
  });
  const { error } = finish;
  if (error && toldBy(error).code === "sign_in_refused") {
    return (
      <>
        <Heading focus>{signIn.linkOver}</Heading>
        <Failure error={error} />
        <Button
          onPress={() => {
            forgetToken();
            of.onOver();
          }}
        >
          {signIn.sendNew}
        </Button>
      </>
    );
  }
  return (
    <>
      <Heading>{signIn.linkTitle}</Heading>
      <p>{signIn.linkMore}</p>
      {error ? <Failure error={error} /> : null}
      <Button busy={finish.busy} onPress={finish.run}>
        {signIn.finish}
      </Button>
    </>
  );
}

function AskForLink({ whose }: { readonly whose: Whose }) {
  const { signIn } = useTexts();
  const [address, setAddress] = useState("");
  const [sent, setSent] = useState(false);
  const send = useAction(async () => {
    await ask("askForLink", { whose, address });
    setSent(true);
  });
  if (sent) {
    return (
      <>
        <Done>
          <h2>{signIn.sent}</h2>
          <p>{signIn.sentMore}</p>
        </Done>
        <Button look="second" onPress={() => setSent(false)}>
          {signIn.other}
        </Button>
      </>
    );
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        send.run();
      }}
    >
      <Field
        label={signIn.address}
        name="email"
        type="email"
        value={address}
        onChange={setAddress}
        autoComplete="username webauthn"
      />
      {send.error ? <Failure error={send.error} /> : null}
      <Button type="submit" busy={send.busy}>
        {signIn.send}
      </Button>
    </form>
  );
}

function ByPasskey() {
  const { signIn } = useTexts();
  const [refused, setRefused] = useState(false);
  const byPasskey = useAction(async () => {
    setRefused(false);
    try {
      enter(await signInByPasskey());
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setRefused(true);
    }
  });
  return (
    <div className="stack section">
      {refused ? <p role="alert">{signIn.passkeyFailed}</p> : null}
      {byPasskey.error ? <Failure error={byPasskey.error} /> : null}
      <Button look="second" busy={byPasskey.busy} onPress={byPasskey.run}>
        {signIn.passkey}
      </Button>
    </div>
  );
}

function SignedIn({ session }: { readonly session: Session }) {
  const { signIn } = useTexts();
  return (
    <Frame>
      <Heading>{signIn.title}</Heading>
      <p>{signIn.signedIn(session.name ?? "")}</p>
      <div className="row">
        <a className="button first" href={session.kind === "account" ? "/app" : "/me"}>
          {signIn.goOn}
        </a>
        <SignOut />
      </div>
    </Frame>
  );
}
