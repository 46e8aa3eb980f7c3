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

/** What a collection is before anybody says otherwise: a year, and those of age in most of Europe. */
const START = {
  name: "",
  purpose: "",
  notice: "",
  alternative: "",
  contact: "",
  retentionDays: "365",
  ageFloor: "16",
  basis: "",
};

/** Makes a collection, with its first notice and its rules. */
export function NewCollection() {
  const { newCollection: words } = useWords(library);
  const spoken = useLanguage();
  const [given, setGiven] = useState(START);
  const [language, setLanguage] = useState<"en" | "nl">(spoken);
  const [everyone, setEveryone] = useState<"yes" | "no" | null>(null);
  const [pairs, setPairs] = useState<"yes" | "no">("no");
  const make = useMaking();
  const set = (name: keyof typeof START) => (value: string) =>
    setGiven((before) => ({ ...before, [name]: value }));
  const line = (name: keyof typeof START, more: { readonly maxLength?: number } = {}) => (
    <Field
      label={words.fields[name].label}
      help={words.fields[name].help}
      name={name}
      value={given[name]}
      onChange={set(name)}
      {...more}
    />
  );
  const lines = (name: keyof typeof START, required = true) => (
    <LongField
      label={words.fields[name].label}
      help={words.fields[name].help}
      name={name}
      value={given[name]}
      onChange={set(name)}
      required={required}
    />
  );
  return (
    <>
      <Title>{words.title}</Title>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.run({
            ...given,
            language,
            everyone: everyone === "yes",
            twoPerson: pairs === "yes",
          });
        }}
      >
        {line("name", { maxLength: 80 })}
        {line("purpose")}
        {line("contact", { maxLength: 320 })}
        <h2>{words.notice}</h2>
        <Select
          label={words.language}
          value={language}
          onChange={setLanguage}
          options={[
            ["en", "English"],
            ["nl", "Nederlands"],
          ]}
        />
        {lines("notice")}
        {lines("alternative", false)}
        <h2>{words.rules}</h2>
        {line("retentionDays", { maxLength: 4 })}
        {line("ageFloor", { maxLength: 3 })}
        <Choice
          label={words.everyone}
          value={everyone}
          onChange={setEveryone}
          options={[
            ["yes", words.everyoneYes],
            ["no", words.everyoneNo],
          ]}
        />
        {everyone === "yes" ? lines("basis") : null}
        <Choice
          label={words.pairs}
          value={pairs}
          onChange={setPairs}
          options={[
            ["no", words.pairsNo],
            ["yes", words.pairsYes],
          ]}
        />
        {make.error ? <Failure error={make.error} /> : null}
        <Button type="submit" busy={make.busy}>
          {words.submit}
        </Button>
      </form>
    </>
  );
}

type Given = Readonly<typeof START> & {
  readonly language: string;
  readonly everyone: boolean;
  readonly twoPerson: boolean;
};

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
      sceneBasis: given.everyone ? given.basis : null,
      ...(alternative.trim() === "" ? {} : { alternative }),
    });
    if (given.twoPerson) await assent.changeCollectionSettings({ collection, twoPerson: true });
    if (operator.data?.operator) {
      await assent.publishNotice({ collection, language, own: notice });
    }
    await client.invalidateQueries({ queryKey: COLLECTIONS_KEY });
    void navigate(`/app/c/${collection}`);
  });
}
