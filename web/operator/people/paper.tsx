import { useState } from "react";
import { Field, Toggle } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { people } from "../texts/people.ts";

const EVIDENCE_LENGTH_MAX = 200;

/** What a paper form says of itself. */
export interface Paper {
  readonly form: string;
  readonly signedOn: string;
  readonly witness: string;
  readonly born: string;
  readonly byGuardian: boolean;
  readonly guardianName: string;
  readonly relation: string;
}

/** A form that was signed today. */
export function usePaper(): readonly [Paper, (change: Partial<Paper>) => void] {
  const [paper, setPaper] = useState<Paper>(() => ({
    form: "",
    signedOn: new Date().toISOString().slice(0, 10),
    witness: "",
    born: "",
    byGuardian: false,
    guardianName: "",
    relation: "",
  }));
  return [paper, (change) => setPaper((before) => ({ ...before, ...change }))];
}

/** Where a signed form is, when it was signed, who saw it, and who signed it for whom. */
export function PaperFields(of: {
  readonly paper: Paper;
  readonly change: (change: Partial<Paper>) => void;
  readonly ageFloor: number;
}) {
  const { form: words } = useWords(people);
  const { paper, change } = of;
  return (
    <>
      <Field
        label={words.paper}
        name="form"
        value={paper.form}
        onChange={(form) => change({ form })}
        help={words.paperHelp}
        maxLength={EVIDENCE_LENGTH_MAX}
      />
      <Field
        label={words.signedOn}
        name="signedOn"
        type="date"
        value={paper.signedOn}
        onChange={(signedOn) => change({ signedOn })}
      />
      <Field
        label={words.witness}
        name="witness"
        value={paper.witness}
        onChange={(witness) => change({ witness })}
        maxLength={EVIDENCE_LENGTH_MAX}
      />
      {of.ageFloor === 0 ? null : (
        <Age paper={paper} change={change} help={words.bornHelp(of.ageFloor)} />
      )}
    </>
  );
}

function Age(of: {
  readonly paper: Paper;
  readonly change: (change: Partial<Paper>) => void;
  readonly help: string;
}) {
  const { form: words } = useWords(people);
  const { paper, change } = of;
  return (
    <>
      <Field
        label={words.born}
        name="born"
        type="date"
        value={paper.born}
        onChange={(born) => change({ born })}
        help={of.help}
        required={paper.byGuardian}
      />
      <Toggle on={paper.byGuardian} onChange={(byGuardian) => change({ byGuardian })}>
        {words.guardian}
      </Toggle>
      {paper.byGuardian ? (
        <>
          <Field
            label={words.guardianName}
            name="guardianName"
            value={paper.guardianName}
            onChange={(guardianName) => change({ guardianName })}
            maxLength={EVIDENCE_LENGTH_MAX}
          />
          <Field
            label={words.relation}
            name="relation"
            value={paper.relation}
            onChange={(relation) => change({ relation })}
            help={words.relationHelp}
            maxLength={EVIDENCE_LENGTH_MAX}
          />
        </>
      ) : null}
    </>
  );
}
