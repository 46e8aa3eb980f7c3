import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Button, Field, Toggle } from "../../shared/controls.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { PickFile } from "../parts/pick-file.tsx";
import { Title } from "../parts/title.tsx";
import { type Answer, assent } from "../service.ts";
import { people } from "../texts/people.ts";
import { type Paper, PaperFields, usePaper } from "./paper.tsx";
import { usePerson } from "./person-data.ts";

const CONTACT_LENGTH_MAX = 320;

type Outcome = Exclude<Answer<"enrolPerson">, { outcome: "refused" }>;

/** Recording a consent that was given on paper, with a photo of the person's face. */
export function Enrol() {
  const { form: words } = useWords(people);
  const { id, closed } = useCollection();
  const [query] = useSearchParams();
  const again = query.get("person");
  const [done, setDone] = useState<Outcome | null>(null);
  if (closed) return <Title>{words.title}</Title>;
  return (
    <>
      <Title>{words.title}</Title>
      {done ? (
        <Done>
          <p>{words.outcomes[done.outcome]}</p>
          <div className="row">
            <Link className="button first slim" to={`/app/c/${id}/people/${done.subject}`}>
              {words.toPerson}
            </Link>
            <Button look="second" slim onPress={() => setDone(null)}>
              {words.next}
            </Button>
          </div>
        </Done>
      ) : again === null ? (
        <EnrolForm name="" contact="" onDone={setDone} />
      ) : (
        <EnrolAgain subject={again} onDone={setDone} />
      )}
    </>
  );
}

/** The same person once more: they are known by name and address. */
function EnrolAgain(of: { readonly subject: string; readonly onDone: (outcome: Outcome) => void }) {
  const { data, error } = usePerson(useCollection().id, of.subject);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  return <EnrolForm name={data.name ?? ""} contact={data.contact ?? ""} onDone={of.onDone} />;
}

function EnrolForm(of: {
  readonly name: string;
  readonly contact: string;
  readonly onDone: (outcome: Outcome) => void;
}) {
  const { form: words } = useWords(people);
  const { id: collection, ageFloor } = useCollection();
  const client = useQueryClient();
  const [name, setName] = useState(of.name);
  const [contact, setContact] = useState(of.contact);
  const [keep, setKeep] = useState(false);
  const [photo, setPhoto] = useState<File | null>(null);
  const [paper, changePaper] = usePaper();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [missing, setMissing] = useState(false);
  const enrol = useAction(async (file: File) => {
    const person = { collection, name, contact, keepPhoto: keep ? "yes" : "no" } as const;
    const answer = await assent.enrolPerson({ ...person, ...sentOf(paper), photo: file });
    setProblems(answer.outcome === "refused" ? answer.problems : []);
    if (answer.outcome === "refused") return;
    await client.invalidateQueries({ queryKey: ["people", collection] });
    await client.invalidateQueries({ queryKey: ["person"] });
    of.onDone(answer);
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(photo === null);
        if (photo) enrol.run(photo);
      }}
    >
      <p>{words.what}</p>
      <Field label={words.name} name="name" value={name} onChange={setName} />
      <Field
        label={words.contact}
        name="contact"
        type="email"
        value={contact}
        onChange={setContact}
        help={words.contactHelp}
        maxLength={CONTACT_LENGTH_MAX}
      />
      <PaperFields paper={paper} change={changePaper} ageFloor={ageFloor} />
      <Toggle on={keep} onChange={setKeep}>
        {words.keep}
      </Toggle>
      <PickFile
        label={words.photo}
        types={["image/*"]}
        file={photo}
        onPick={setPhoto}
        help={words.photoHelp}
      />
      {missing && photo === null ? <p role="alert">{words.photoMissing}</p> : null}
      <Poor problems={problems} />
      {enrol.error ? <Failure error={enrol.error} /> : null}
      {enrol.busy ? <p role="status">{words.looking}</p> : null}
      <Button type="submit" busy={enrol.busy}>
        {words.submit}
      </Button>
    </form>
  );
}

/** A form's parts as the service takes them. */
function sentOf({ form, signedOn, witness, born, byGuardian, guardianName, relation }: Paper) {
  return {
    form,
    signedOn,
    witness,
    ...(born === "" ? {} : { born }),
    ...(byGuardian ? { guardianName, guardianRelation: relation } : {}),
  };
}

/** Why a photo can't be used, each with what to change. */
function Poor({ problems }: { readonly problems: readonly string[] }) {
  const { form: words } = useWords(people);
  if (problems.length === 0) return null;
  return (
    <div className="note bad" role="alert">
      <h2>{words.poor}</h2>
      <ul>
        {problems.map((code) => (
          <li key={code}>{words.quality[code] ?? code}</li>
        ))}
      </ul>
    </div>
  );
}
