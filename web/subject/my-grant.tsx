import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Done, Failure, useAction } from "../shared/states.tsx";
import { showDay } from "../shared/times.ts";
import { MailReceipt, SignReceipt } from "./keep-receipt.tsx";
import { facePage } from "./screens.ts";
import { type Answer, ask, linkOf } from "./service.ts";

type Grant = Answer<"listGrants">["items"][number];

/** One consent: what it says, and how it is paused or ended. */
export function MyGrant({ subject, grant }: { readonly subject: string; readonly grant: Grant }) {
  const { consent } = useTexts();
  const language = useLanguage();
  const { collection, state } = grant;
  return (
    <section className="card">
      <h2>{collection.name}</h2>
      <p>
        <strong>{consent.states[state]}</strong>
      </p>
      <dl className="pair">
        <dt>{consent.purpose}</dt>
        <dd>{collection.purpose}</dd>
        <dt>{consent.uses}</dt>
        <dd>{grant.uses.map((use) => consent.useNames[use] ?? use).join(", ")}</dd>
        <dt>{consent.from}</dt>
        <dd>{showDay(grant.from, language)}</dd>
        <dt>{consent.until}</dt>
        <dd>{showDay(grant.endedAt ?? grant.until, language)}</dd>
        <dt>{consent.contact}</dt>
        <dd>{collection.contact}</dd>
      </dl>
      <Receipts subject={subject} grant={grant.id} />
      {state === "granted" || state === "paused" ? (
        <>
          <YourFace grant={grant} />
          <Changes subject={subject} collection={collection.id} paused={state === "paused"} />
        </>
      ) : null}
      {state === "withdrawn" ? (
        <Done>
          <p>{consent.withdrawn}</p>
        </Done>
      ) : null}
    </section>
  );
}

function YourFace({ grant: { collection, enrolled } }: { readonly grant: Grant }) {
  const { consent } = useTexts();
  return (
    <p>
      {consent.face}: {enrolled ? consent.faceThere : consent.faceMissing}.{" "}
      <a href={facePage(collection.id)}>{enrolled ? consent.newFace : consent.showFace}</a>
    </p>
  );
}

function Receipts({ subject, grant }: { readonly subject: string; readonly grant: string }) {
  const { consent } = useTexts();
  const language = useLanguage();
  const receipts = useQuery({
    queryKey: ["me", "receipts"],
    queryFn: async () => ask("listReceipts", { subject }),
  });
  if (receipts.error) {
    return <Failure error={receipts.error} again={() => void receipts.refetch()} />;
  }
  const own = receipts.data?.items.filter((receipt) => receipt.grant === grant) ?? [];
  if (own.length === 0) return null;
  return (
    <>
      <p className="quiet">{consent.receipts}</p>
      <ul className="plain">
        {own.map(({ consent: id, hash }) => {
          const name = hash.slice(0, HASH_SHOWN);
          return (
            <li key={id} className="row">
              <code>{name}</code>
              <a href={linkOf("readReceiptPage", { subject, consent: id, language })}>
                {consent.receipt}
                <span className="hidden">: {name}</span>
              </a>
              <a href={linkOf("readReceiptPdf", { subject, consent: id, language })} download>
                {consent.receiptPdf}
                <span className="hidden">: {name}</span>
              </a>
              <MailReceipt subject={subject} consent={id} name={name} />
              <SignReceipt subject={subject} consent={id} name={name} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Enough of a receipt's fingerprint to tell it from its neighbours. */
const HASH_SHOWN = 16;

/** Pausing, going on, withdrawing: here, with no more steps than saying yes took. */
function Changes(of: {
  readonly subject: string;
  readonly collection: string;
  readonly paused: boolean;
}) {
  const { consent, cancel } = useTexts();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { subject, collection, paused } = of;
  const change = useAction(async (to: "pausePerson" | "resumePerson" | "withdrawPerson") => {
    await ask(to, { subject, collection });
    await client.invalidateQueries({ queryKey: ["me"] });
  });
  return (
    <>
      {change.error ? <Failure error={change.error} /> : null}
      {asking ? (
        <div className="note bad" role="group" aria-label={consent.withdraw}>
          <p>{consent.withdrawWhat}</p>
          <div className="row">
            <Button look="danger" busy={change.busy} onPress={() => change.run("withdrawPerson")}>
              {consent.withdrawYes}
            </Button>
            <Button look="second" onPress={() => setAsking(false)}>
              {cancel}
            </Button>
          </div>
        </div>
      ) : (
        <>
          {paused ? null : <p className="quiet small">{consent.pauseMore}</p>}
          <div className="row">
            <Button
              look="second"
              busy={change.busy}
              onPress={() => change.run(paused ? "resumePerson" : "pausePerson")}
            >
              {paused ? consent.resume : consent.pause}
            </Button>
            <Button look="danger" busy={change.busy} onPress={() => setAsking(true)}>
              {consent.withdraw}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
