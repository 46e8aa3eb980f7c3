import { useState } from "react";
import { Button, Choice, Field, Toggle } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { showDay } from "../shared/times.ts";
import type { Asked } from "./invite.tsx";
import { type Answer, ask } from "./service.ts";

type Use = Asked["uses"][number]["use"];
type Uses = Readonly<Record<Use, boolean>>;

/** Who answers, as they fill it in. */
interface Person {
  readonly name: string;
  readonly contact: string;
  readonly age: "older" | "younger" | null;
  readonly born: string;
  readonly guardian: string;
  readonly relation: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** The choice: every toggle is off, and no is a press, just as yes is. */
export function InviteAnswer(of: {
  readonly token: string;
  readonly asked: Asked;
  readonly onNo: () => void;
  readonly onYes: (yes: Answer<"acceptInvite">) => void;
}) {
  const { token, asked } = of;
  const { invite } = useTexts();
  const language = useLanguage();
  const [uses, setUses] = useState<Uses>({ find: false, keep_photo: false });
  const [person, setPerson] = useState<Person>(() => strangerAt(asked.contact));
  const [missing, setMissing] = useState(false);
  const declaration = invite.declaration(
    asked.collection.name,
    asked.operator ?? asked.collection.contact,
  );
  const no = useAction(async () => {
    await ask("declineInvite", { token });
    of.onNo();
  });
  const yes = useAction(async () => {
    of.onYes(await ask("acceptInvite", { token, ...answerOf(asked, uses, person), declaration }));
  });
  const busy = yes.busy || no.busy;
  // No reading of the clock while drawing: the day is good enough, and the receipt has it exactly.
  const [longest] = useState(() => Date.now() + asked.retentionDays * DAY_MS);
  const until = Math.min(longest, floorDay(person, asked.ageFloor) ?? longest);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!uses.find);
        if (uses.find) yes.run();
      }}
    >
      <Choices uses={asked.uses} chosen={uses} onChange={setUses} />
      <AboutYou person={person} ageFloor={asked.ageFloor} onChange={setPerson} />
      <section>
        <h2>{invite.answer}</h2>
        <p>{declaration}</p>
        <p className="quiet small">{invite.until(showDay(until, language))}</p>
      </section>
      {missing && !uses.find ? (
        <div className="note bad" role="alert">
          {invite.chooseFirst}
        </div>
      ) : null}
      {yes.error || no.error ? <Failure error={yes.error ?? no.error} /> : null}
      <div className="row even answers">
        <Button look="second" busy={busy} onPress={no.run}>
          {invite.no}
        </Button>
        <Button look="second" type="submit" busy={busy}>
          {invite.yes}
        </Button>
      </div>
    </form>
  );
}

/** The day on which somebody is old enough to be asked themselves: a guardian's yes ends then. */
function floorDay({ age, born }: Person, ageFloor: number): number | null {
  const day = new Date(born);
  if (age !== "younger" || Number.isNaN(day.getTime())) return null;
  return day.setUTCFullYear(day.getUTCFullYear() + ageFloor);
}

function strangerAt(contact: string | null): Person {
  return { name: "", contact: contact ?? "", age: null, born: "", guardian: "", relation: "" };
}

function answerOf({ notice }: Asked, uses: Uses, person: Person) {
  const { name, contact, age, born, guardian, relation } = person;
  const young = age === "younger" ? { born, guardian: { name: guardian, relation } } : {};
  return { noticeHash: notice.hash, language: notice.language, uses, name, contact, ...young };
}

function Choices(of: {
  readonly uses: Asked["uses"];
  readonly chosen: Uses;
  readonly onChange: (uses: Uses) => void;
}) {
  const { invite } = useTexts();
  return (
    <section className="stack">
      <h2>{invite.choose}</h2>
      {of.uses.map(({ use, title, needed }) => (
        <Toggle
          key={use}
          on={of.chosen[use]}
          onChange={(on) => of.onChange({ ...of.chosen, [use]: on })}
        >
          {title} <span className="quiet small">({needed ? invite.needed : invite.optional})</span>
        </Toggle>
      ))}
    </section>
  );
}

function AboutYou(of: {
  readonly person: Person;
  readonly ageFloor: number;
  readonly onChange: (person: Person) => void;
}) {
  const { invite } = useTexts();
  const { person, ageFloor } = of;
  const set = (part: Partial<Person>): void => of.onChange({ ...person, ...part });
  return (
    <section className="stack">
      <h2>{invite.who}</h2>
      <Field
        label={invite.name}
        name="name"
        value={person.name}
        onChange={(name) => set({ name })}
        autoComplete="name"
      />
      <Field
        label={invite.contact}
        name="email"
        type="email"
        value={person.contact}
        onChange={(contact) => set({ contact })}
        help={invite.contactHelp}
        autoComplete="email"
      />
      {ageFloor === 0 ? null : (
        <Choice
          label={invite.age}
          value={person.age}
          onChange={(age) => set({ age })}
          options={[
            ["older", invite.older(ageFloor)],
            ["younger", invite.younger(ageFloor)],
          ]}
        />
      )}
      {person.age === "younger" ? <Guardian person={person} set={set} /> : null}
    </section>
  );
}

function Guardian(of: { readonly person: Person; readonly set: (part: Partial<Person>) => void }) {
  const { invite } = useTexts();
  return (
    <>
      <Field
        label={invite.born}
        name="born"
        type="date"
        value={of.person.born}
        onChange={(born) => of.set({ born })}
      />
      <p>{invite.guardian}</p>
      <Field
        label={invite.guardianName}
        name="guardian"
        value={of.person.guardian}
        onChange={(guardian) => of.set({ guardian })}
      />
      <Field
        label={invite.relation}
        name="relation"
        value={of.person.relation}
        onChange={(relation) => of.set({ relation })}
        help={invite.relationHelp}
      />
    </>
  );
}
