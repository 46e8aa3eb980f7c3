import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Choice, Field } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { showLanguage } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { LongField, Select } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { type Answer, assent } from "../service.ts";
import { invites } from "../texts/invites.ts";
import { readAddresses } from "./addresses.ts";
import { HandedInvites } from "./handed-invites.tsx";

/** What the service takes in one request. */
const CONTACTS_MAX = 500;
const HANDED_MAX = 100;
const DAYS_DEFAULT = 14;
const DAYS_MAX = 90;
const LIST_LENGTH_MAX = 200_000;
const SHOWN_WRONG = 5;

export type Made = Answer<"createInvites">["items"];

/** Makes invites, by mail or to hand over; there must be a notice in the language. */
export function NewInvites({ onMade }: { readonly onMade: () => Promise<void> }) {
  const words = useWords(invites);
  const { id: collection } = useCollection();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const notices = useQuery({
    queryKey: ["notices", collection],
    queryFn: async () => assent.listNotices({ collection }),
    enabled: open,
  });
  const handed = made?.filter(({ mailed }) => !mailed) ?? [];
  if (handed.length > 0) return <HandedInvites made={handed} onClose={() => setMade(null)} />;
  if (!open && !made) {
    return (
      <div className="row">
        <Button onPress={() => setOpen(true)}>{words.make}</Button>
      </div>
    );
  }
  if (made) {
    return (
      <Done>
        <p>{words.mailed(made.length)}</p>
        <Button look="second" slim onPress={() => setMade(null)}>
          {words.again}
        </Button>
      </Done>
    );
  }
  return (
    <section className="card">
      <h2>{words.make}</h2>
      <Loaded query={notices}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.noNotice}</p>
          ) : (
            <InviteForm
              languages={items.map(({ language }) => language)}
              onMade={async (all) => {
                setMade(all);
                await onMade();
              }}
            />
          )
        }
      </Loaded>
    </section>
  );
}

function InviteForm(of: {
  readonly languages: readonly string[];
  readonly onMade: (made: Made) => Promise<void>;
}) {
  const words = useWords(invites);
  const { id: collection } = useCollection();
  const [how, setHow] = useState<"mail" | "hand">("mail");
  const [typed, setTyped] = useState("");
  const [count, setCount] = useState("1");
  const [days, setDays] = useState(String(DAYS_DEFAULT));
  const [language, setLanguage] = useState(of.languages[0] ?? "en");
  const { found } = readAddresses(typed);
  const make = useAction(async () => {
    const whom = how === "mail" ? { contacts: [...found] } : { handed: Number(count) };
    const { items } = await assent.createInvites({
      collection,
      language,
      days: Number(days),
      ...whom,
    });
    await of.onMade(items);
  });
  const ready = how === "hand" || (found.length > 0 && found.length <= CONTACTS_MAX);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) make.run();
      }}
    >
      <Choice
        label={words.how}
        value={how}
        onChange={setHow}
        options={[
          ["mail", words.byMail],
          ["hand", words.byHand],
        ]}
      />
      {how === "mail" ? (
        <AddressField typed={typed} onType={setTyped} />
      ) : (
        <Field
          label={words.count}
          name="count"
          value={count}
          onChange={setCount}
          bounds={[1, HANDED_MAX]}
          help={words.countHelp(HANDED_MAX)}
        />
      )}
      <NoticeLanguage languages={of.languages} value={language} onChange={setLanguage} />
      <Field
        label={words.days}
        name="days"
        value={days}
        onChange={setDays}
        bounds={[1, DAYS_MAX]}
      />
      {make.error ? <Failure error={make.error} /> : null}
      <Button type="submit" busy={make.busy || !ready}>
        {words.submit}
      </Button>
    </form>
  );
}

/** In which of the languages of the notice they are invited. */
function NoticeLanguage(of: {
  readonly languages: readonly string[];
  readonly value: string;
  readonly onChange: (language: string) => void;
}) {
  const words = useWords(invites);
  const reader = useLanguage();
  return (
    <Select
      label={words.language}
      value={of.value}
      onChange={of.onChange}
      options={of.languages.map((one) => [one, showLanguage(one, reader)] as const)}
    />
  );
}

function AddressField(of: { readonly typed: string; readonly onType: (text: string) => void }) {
  const words = useWords(invites);
  const { found, wrong } = readAddresses(of.typed);
  const more = wrong.length > SHOWN_WRONG ? "…" : "";
  return (
    <>
      <LongField
        label={words.addresses}
        name="addresses"
        value={of.typed}
        onChange={of.onType}
        help={words.addressesHelp}
        maxLength={LIST_LENGTH_MAX}
      />
      {of.typed.trim() === "" ? null : (
        <div role="status">
          <p className="quiet small">{words.found(found.length)}</p>
          {wrong.length > 0 ? (
            <p className="wrong">{words.wrong(wrong.slice(0, SHOWN_WRONG).join(", ") + more)}</p>
          ) : null}
          {found.length > CONTACTS_MAX ? (
            <p className="wrong">{words.tooMany(CONTACTS_MAX)}</p>
          ) : null}
        </div>
      )}
    </>
  );
}
