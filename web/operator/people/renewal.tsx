import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Select } from "../parts/fields.tsx";
import { type Answer, assent } from "../service.ts";
import { people } from "../texts/people.ts";
import { type Paper, PaperFields, usePaper } from "./paper.tsx";
import { type PersonOf, useRenewPerson } from "./person-data.ts";

type Keep = "as" | "yes" | "no";

/** A newer form: it renews a consent in force, and with a new photo also one that has ended. */
export function Renewal({ person }: { readonly person: PersonOf }) {
  const { renew: words } = useWords(people);
  const { id, closed } = useCollection();
  const [open, setOpen] = useState(false);
  const alive = person.grant.endedAt === null;
  if (closed) return null;
  return (
    <section className="card">
      <h2>{alive ? words.open : words.again}</h2>
      <p className="small">{alive ? words.what : words.againWhat}</p>
      {alive && open ? (
        <RenewForm person={person} />
      ) : (
        <div className="row">
          {alive ? (
            <Button look="second" slim onPress={() => setOpen(true)}>
              {words.submit}
            </Button>
          ) : null}
          <Link className="button second slim" to={`/app/c/${id}/people/new?person=${person.id}`}>
            {words.newPhoto}
          </Link>
        </div>
      )}
    </section>
  );
}

function RenewForm({ person }: { readonly person: PersonOf }) {
  const { renew: words } = useWords(people);
  const language = useLanguage();
  const { id: collection, ageFloor } = useCollection();
  const renewShown = useRenewPerson(collection);
  const [paper, changePaper] = usePaper();
  const [keep, setKeep] = useState<Keep>("as");
  const [done, setDone] = useState<Answer<"renewPerson"> | null>(null);
  const renew = useAction(async () => {
    const keepPhoto = keep === "as" ? null : keep === "yes";
    const sent = { collection, subject: person.id, keepPhoto, ...sentOf(paper) };
    setDone(await assent.renewPerson(sent));
    await renewShown();
  });
  if (done) {
    const { outcome, expiresAt } = done;
    return (
      <Done>
        <p>{outcome === "kept" ? words.kept : words.renewed(showDay(expiresAt, language))}</p>
      </Done>
    );
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        renew.run();
      }}
    >
      <PaperFields paper={paper} change={changePaper} ageFloor={ageFloor} />
      <Select
        label={words.keep}
        value={keep}
        onChange={setKeep}
        options={[
          ["as", words.keepAs],
          ["yes", words.keepYes],
          ["no", words.keepNo],
        ]}
      />
      {renew.error ? <Failure error={renew.error} /> : null}
      <Button type="submit" busy={renew.busy}>
        {words.submit}
      </Button>
    </form>
  );
}

function sentOf({ form, signedOn, witness, born, byGuardian, guardianName, relation }: Paper) {
  return {
    form,
    signedOn,
    witness,
    ...(born === "" ? {} : { born }),
    ...(byGuardian ? { guardian: { name: guardianName, relation } } : {}),
  };
}
