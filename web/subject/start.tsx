import { useState } from "react";
import { Link } from "react-router";
import { Button, Field, Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { forgetToken, tokenInAddress } from "../shared/token.ts";
import { ask } from "./service.ts";

/** The first owner's account, by the link that the service prints. */
export function Start() {
  const { start, signIn } = useTexts();
  const [token] = useState(tokenInAddress);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const claim = useAction(async (token: string) => {
    await ask("claimInstance", { token, name, email });
    forgetToken();
    location.assign("/app");
  });
  if (token === null) {
    return (
      <Frame>
        <Heading>{start.title}</Heading>
        <p>{start.noLink}</p>
        <Link to="/sign-in">{signIn.title}</Link>
      </Frame>
    );
  }
  return (
    <Frame>
      <Heading>{start.title}</Heading>
      <p>{start.what}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          claim.run(token);
        }}
      >
        <Field label={start.name} name="name" value={name} onChange={setName} autoComplete="name" />
        <Field
          label={start.email}
          name="email"
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="email"
        />
        {claim.error ? <Failure error={claim.error} /> : null}
        <Button type="submit" busy={claim.busy}>
          {start.submit}
        </Button>
      </form>
    </Frame>
  );
}
