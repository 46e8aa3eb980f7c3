import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Tag } from "../parts/fields.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { people } from "../texts/people.ts";
import { type PersonOf, useRenewPerson } from "./person-data.ts";

/** How a person's consent stands, and the ways to change it. */
export function PersonConsent(of: {
  readonly person: PersonOf;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { person: words } = useWords(people);
  const works = useMay(WORKERS);
  return (
    <section className="card">
      <h2>{words.consent}</h2>
      <Facts person={of.person} />
      {works ? <Actions person={of.person} onErased={of.onErased} /> : null}
    </section>
  );
}

function Facts({ person }: { readonly person: PersonOf }) {
  const { person: words, states } = useWords(people);
  const language = useLanguage();
  const { id, contact, enrolled, grant } = person;
  const { state, grantedAt, expiresAt, endedAt, uses } = grant;
  return (
    <dl className="pair">
      <dt>{words.state}</dt>
      <dd>
        <Tag look={state === "granted" ? "good" : "quiet"}>{states[state]}</Tag>
      </dd>
      <dt>{words.from}</dt>
      <dd>{showDay(grantedAt, language)}</dd>
      <dt>{endedAt === null ? words.until : words.ended}</dt>
      <dd>{showDay(endedAt ?? expiresAt, language)}</dd>
      <dt>{words.uses}</dt>
      <dd>{uses.map((use) => words.useNames[use] ?? use).join(", ")}</dd>
      {endedAt === null ? (
        <>
          <dt>{words.face}</dt>
          <dd>{enrolled ? words.faceThere : words.faceMissing}</dd>
        </>
      ) : null}
      {contact === null ? null : (
        <>
          <dt>{words.contact}</dt>
          <dd>{contact}</dd>
        </>
      )}
      <dt>{words.id}</dt>
      <dd>
        <code>{id}</code>
      </dd>
    </dl>
  );
}

function Actions(of: {
  readonly person: PersonOf;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { person: words } = useWords(people);
  const owner = useMay(["owner"]);
  const [asking, setAsking] = useState<"withdraw" | "erase" | null>(null);
  const { person } = of;
  const { state } = person.grant;
  const close = (): void => setAsking(null);
  return (
    <>
      {state === "granted" || state === "paused" ? <PauseOrNot person={person} /> : null}
      <div className="row">
        {state === "granted" || state === "paused" ? (
          <Button look="danger" slim onPress={() => setAsking("withdraw")}>
            {words.withdraw}
          </Button>
        ) : null}
        {owner ? (
          <Button look="danger" slim onPress={() => setAsking("erase")}>
            {words.erase}
          </Button>
        ) : null}
      </div>
      {owner ? null : <p className="quiet small">{words.eraseOwner}</p>}
      {asking === "withdraw" ? <Withdraw person={person} onClose={close} /> : null}
      {asking === "erase" ? <Erase person={person} onClose={close} onErased={of.onErased} /> : null}
    </>
  );
}

function PauseOrNot({ person }: { readonly person: PersonOf }) {
  const { person: words } = useWords(people);
  const { id: subject, grant } = person;
  const { collection } = grant;
  const renew = useRenewPerson(collection);
  const paused = grant.state === "paused";
  const change = useAction(async () => {
    await (paused
      ? assent.resumePerson({ collection, subject })
      : assent.pausePerson({ collection, subject }));
    await renew();
  });
  return (
    <>
      {paused ? null : <p className="small">{words.pauseWhat}</p>}
      {change.error ? <Failure error={change.error} /> : null}
      <div className="row">
        <Button look="second" slim busy={change.busy} onPress={change.run}>
          {paused ? words.resume : words.pause}
        </Button>
      </div>
    </>
  );
}

function Withdraw(of: { readonly person: PersonOf; readonly onClose: () => void }) {
  const { person: words } = useWords(people);
  const { id: subject, name, grant } = of.person;
  const { collection } = grant;
  const renew = useRenewPerson(collection);
  return (
    <Confirm
      title={words.withdrawTitle(name ?? words.unnamed)}
      gone={words.withdrawGone}
      yes={words.withdraw}
      action={async () => {
        await assent.withdrawPerson({ collection, subject });
        await renew();
      }}
      onClose={of.onClose}
    >
      <p>{words.withdrawMore}</p>
    </Confirm>
  );
}

function Erase(of: {
  readonly person: PersonOf;
  readonly onClose: () => void;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { person: words } = useWords(people);
  const { id: subject, name } = of.person;
  return (
    <Confirm
      title={words.eraseTitle(name ?? words.unnamed)}
      gone={words.eraseGone}
      yes={words.erase}
      action={async () => {
        const { certificate } = await assent.erasePerson({ subject });
        of.onErased(certificate);
      }}
      onClose={of.onClose}
    >
      <p>{words.eraseMore}</p>
    </Confirm>
  );
}
