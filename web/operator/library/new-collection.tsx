import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button, Choice, Field } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { useWords } from "../../shared/words.ts";
import { COLLECTIONS_KEY } from "../collection.tsx";
import { LongField, Select } from "../parts/fields.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { library } from "../texts/library.ts";
import { RETENTION_BOUNDS } from "./change-terms.tsx";
import { LANGUAGES } from "./notices.tsx";

const AGE_BOUNDS = [0, 120] as const;

/** A year, and the age of consent online in much of Europe: until somebody says otherwise. */
const TEXTS = {
  name: "",
  purpose: "",
  notice: "",
  alternative: "",
  contact: "",
  retentionDays: "365",
  ageFloor: "16",
  basis: "",
};

interface Given extends Readonly<typeof TEXTS> {
  readonly language: "en" | "nl";
  /** Whether everyone pictured may be compared; null until somebody chose. */
  readonly everyone: "yes" | "no" | null;
  /** Whether two people must confirm. */
  readonly pairs: "yes" | "no";
  /** Whether people may hand in a picture of their face. */
  readonly upload: "yes" | "no";
}

type Change = (changes: Partial<Given>) => void;

const START = { ...TEXTS, everyone: null, pairs: "no", upload: "yes" } as const;

/** Makes a collection, with its first notice and its rules. */
export function NewCollection() {
  const { newCollection: words } = useWords(library);
  const spoken = useLanguage();
  const [given, setGiven] = useState<Given>({ ...START, language: spoken });
  const make = useMaking();
  const change: Change = (changes) => setGiven((before) => ({ ...before, ...changes }));
  return (
    <>
      <Title>{words.title}</Title>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.run(given);
        }}
      >
        <Line name="name" given={given} change={change} maxLength={80} />
        <Line name="purpose" given={given} change={change} />
        <Line name="contact" given={given} change={change} maxLength={320} />
        <h2>{words.notice}</h2>
        <Select
          label={words.language}
          value={given.language}
          onChange={(language) => change({ language })}
          options={LANGUAGES}
        />
        <Lines name="notice" given={given} change={change} />
        <Lines name="alternative" given={given} change={change} optional />
        <Rules given={given} change={change} />
        {make.error ? <Failure error={make.error} /> : null}
        <Button type="submit" busy={make.busy}>
          {words.submit}
        </Button>
      </form>
    </>
  );
}

function Rules({ given, change }: { readonly given: Given; readonly change: Change }) {
  const { newCollection: words } = useWords(library);
  return (
    <>
      <h2>{words.rules}</h2>
      <Line name="retentionDays" given={given} change={change} bounds={RETENTION_BOUNDS} />
      <Line name="ageFloor" given={given} change={change} bounds={AGE_BOUNDS} />
      <Choice
        label={words.everyone}
        value={given.everyone}
        onChange={(everyone) => change({ everyone })}
        options={[
          ["yes", words.everyoneYes],
          ["no", words.everyoneNo],
        ]}
      />
      {given.everyone === "yes" ? <Lines name="basis" given={given} change={change} /> : null}
      <Choice
        label={words.pairs}
        value={given.pairs}
        onChange={(pairs) => change({ pairs })}
        options={[
          ["no", words.pairsNo],
          ["yes", words.pairsYes],
        ]}
      />
      <Choice
        label={words.upload}
        value={given.upload}
        onChange={(upload) => change({ upload })}
        options={[
          ["yes", words.uploadYes],
          ["no", words.uploadNo],
        ]}
      />
    </>
  );
}

interface OfField {
  readonly name: keyof typeof TEXTS;
  readonly given: Given;
  readonly change: Change;
}

function Line(
  of: OfField & { readonly maxLength?: number; readonly bounds?: readonly [number, number] },
) {
  const { fields } = useWords(library).newCollection;
  return (
    <Field
      {...fields[of.name]}
      name={of.name}
      value={of.given[of.name]}
      onChange={(value) => of.change({ [of.name]: value })}
      maxLength={of.maxLength ?? 500}
      {...(of.bounds === undefined ? {} : { bounds: of.bounds })}
    />
  );
}

function Lines(of: OfField & { readonly optional?: boolean }) {
  const { fields } = useWords(library).newCollection;
  return (
    <LongField
      {...fields[of.name]}
      name={of.name}
      value={of.given[of.name]}
      onChange={(value) => of.change({ [of.name]: value })}
      required={of.optional !== true}
    />
  );
}

/** Makes it, and publishes the whole notice where the organisation has said who it is. */
function useMaking() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const operator = useQuery({
    queryKey: ["operator"],
    queryFn: async () => assent.getOperator(),
  });
  return useAction(async (given: Given) => {
    const { name, purpose, notice, contact, alternative, language } = given;
    const { id: collection } = await assent.createCollection({
      name,
      purpose,
      notice,
      contact,
      noticeLanguage: language,
      retentionDays: Number(given.retentionDays),
      ageFloor: Number(given.ageFloor),
      uploadPhoto: given.upload === "yes",
      sceneBasis: given.everyone === "yes" ? given.basis : null,
      ...(alternative.trim() === "" ? {} : { alternative }),
    });
    if (given.pairs === "yes")
      await assent.changeCollectionSettings({ collection, twoPerson: true });
    if (operator.data?.operator) {
      await assent.publishNotice({ collection, language, own: notice });
    }
    await client.invalidateQueries({ queryKey: COLLECTIONS_KEY });
    void navigate(`/app/c/${collection}`);
  });
}
