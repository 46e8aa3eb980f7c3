import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Field } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Done, Failure, useAction } from "../shared/states.tsx";
import { showDay } from "../shared/times.ts";
import { hasPasskeys } from "../shared/passkeys.ts";
import { addPasskey } from "./passkeys.ts";
import { ask, linkOf } from "./service.ts";

const CONTACT_LENGTH_MAX = 320;

/** Everything that is held, as one archive. */
export function MyData({ subject }: { readonly subject: string }) {
  const { consent } = useTexts();
  return (
    <section className="card">
      <h2>{consent.data}</h2>
      <p>{consent.dataMore}</p>
      <p>
        <a className="button second" href={linkOf("exportRecord", { subject })} download>
          {consent.export}
        </a>
      </p>
    </section>
  );
}

/** Moving to another address. */
export function MyAddress({ subject }: { readonly subject: string }) {
  const { consent } = useTexts();
  const [contact, setContact] = useState("");
  const [sent, setSent] = useState(false);
  const change = useAction(async () => {
    await ask("askContactChange", { subject, contact });
    setContact("");
    setSent(true);
  });
  return (
    <section className="card">
      <h2>{consent.address}</h2>
      <p>{consent.addressMore}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setSent(false);
          change.run();
        }}
      >
        <Field
          label={consent.newAddress}
          name="email"
          type="email"
          value={contact}
          onChange={setContact}
          autoComplete="email"
          maxLength={CONTACT_LENGTH_MAX}
        />
        {change.error ? <Failure error={change.error} /> : null}
        {sent ? (
          <Done>
            <p>{consent.addressSent}</p>
          </Done>
        ) : null}
        <Button look="second" type="submit" busy={change.busy}>
          {consent.changeAddress}
        </Button>
      </form>
    </section>
  );
}

/** Passkeys: made, listed, taken away. */
export function MyPasskeys() {
  const { consent } = useTexts();
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey: ["passkeys"] });
  const add = useAction(async () => {
    setFailed(false);
    try {
      await addPasskey();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setFailed(true);
    }
    await renew();
  });
  return (
    <section className="card">
      <h2>{consent.passkeys}</h2>
      <p>{consent.passkeysMore}</p>
      <Passkeys onChange={renew} />
      {failed ? <p role="alert">{consent.passkeyFailed}</p> : null}
      {add.error ? <Failure error={add.error} /> : null}
      {hasPasskeys() ? (
        <Button look="second" busy={add.busy} onPress={add.run}>
          {consent.addPasskey}
        </Button>
      ) : (
        <p className="quiet">{consent.passkeysUnable}</p>
      )}
    </section>
  );
}

function Passkeys({ onChange }: { readonly onChange: () => Promise<void> }) {
  const { consent } = useTexts();
  const language = useLanguage();
  const list = useQuery({
    queryKey: ["passkeys"],
    queryFn: async () => ask("listPasskeys", {}),
  });
  const remove = useAction(async (passkey: string) => {
    await ask("removePasskey", { passkey });
    await onChange();
  });
  if (list.error) return <Failure error={list.error} again={() => void list.refetch()} />;
  if (list.data?.items.length === 0) return <p className="quiet">{consent.noPasskeys}</p>;
  return (
    <ul>
      {list.data?.items.map(({ id, createdAt }) => {
        const words = consent.passkeyOf(showDay(createdAt, language));
        return (
          <li key={id} className="row">
            {words}
            <Button
              look="danger"
              slim
              busy={remove.busy}
              label={`${consent.removePasskey}: ${words}`}
              onPress={() => remove.run(id)}
            >
              {consent.removePasskey}
            </Button>
          </li>
        );
      })}
      {remove.error ? <Failure error={remove.error} /> : null}
    </ul>
  );
}
