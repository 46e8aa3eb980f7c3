import { useState } from "react";
import { Link } from "react-router";
import { Button, Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { Done, Failure, toldBy, useAction } from "../shared/states.tsx";
import { forgetToken, tokenInAddress } from "../shared/token.ts";
import { ask } from "./service.ts";

/** Confirms a new address with the link that was sent to it. */
export function Contact() {
  const { contact, me, signIn } = useTexts();
  const [token] = useState(tokenInAddress);
  const [done, setDone] = useState(false);
  const confirm = useAction(async (token: string) => {
    await ask("confirmContactChange", { token });
    forgetToken();
    setDone(true);
  });
  const over = confirm.error !== null && toldBy(confirm.error).code === "contact_change_over";
  return (
    <Frame>
      <Heading>{over ? signIn.linkOver : contact.title}</Heading>
      {token === null ? <p>{contact.noLink}</p> : null}
      {done ? (
        <Done>
          <p>{contact.done}</p>
          <p>
            <Link to="/me">{me.photos}</Link>
          </p>
        </Done>
      ) : null}
      {confirm.error ? <Failure error={confirm.error} /> : null}
      {over ? (
        <p>
          <Link to="/me/consent">{me.consent}</Link>
        </p>
      ) : null}
      {token !== null && !done && !over ? (
        <>
          <p>{contact.what}</p>
          <Button busy={confirm.busy} onPress={() => confirm.run(token)}>
            {contact.submit}
          </Button>
        </>
      ) : null}
    </Frame>
  );
}
