import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tagOf } from "../../../client/answers.ts";
import type { InputOf } from "../../../client/calls.ts";
import type { ROUTES } from "../../../src/contract/routes.ts";
import { Button, Field } from "../../shared/controls.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showLanguage } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { type Collection, COLLECTIONS_KEY } from "../collection.tsx";
import { LongField } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { terms } from "../texts/terms.ts";
import { LANGUAGES } from "./notices.tsx";

/** Days that a consent may hold. */
export const RETENTION_BOUNDS = [1, 3 * 365] as const;

/** What was read before it is changed, and the tag that says so. */
interface Before {
  readonly collection: Collection;
  readonly tag: string | null;
  /** The languages that people are told in. */
  readonly languages: readonly string[];
}

/** Name, purpose and terms, for owners to change as far as nobody's consent binds them. */
export function ChangeTerms({ collection }: { readonly collection: Collection }) {
  const words = useWords(terms);
  const [open, setOpen] = useState(false);
  const [saved, setSaved] = useState(false);
  const { id } = collection;
  const may = useMay(["owner"]);
  const before = useQuery({
    queryKey: ["terms", id],
    queryFn: async () => readBefore(id),
    enabled: open,
    staleTime: 0,
  });
  if (!may || collection.closed) return null;
  const done = (): void => {
    setOpen(false);
    setSaved(true);
  };
  return (
    <div className="section">
      {saved && !open ? (
        <Done>
          <p>{words.saved}</p>
        </Done>
      ) : null}
      {open ? (
        <Loaded query={before}>
          {(read) => (
            <Change
              key={read.tag}
              before={read}
              onSaved={done}
              onClose={() => setOpen(false)}
              onAnew={() => void before.refetch()}
            />
          )}
        </Loaded>
      ) : (
        <Button look="second" slim onPress={() => setOpen(true)}>
          {words.open}
        </Button>
      )}
    </div>
  );
}

async function readBefore(id: string): Promise<Before> {
  const collection = await assent.getCollection({ collection: id });
  const { items } = await assent.listNotices({ collection: id });
  const languages = items.map(({ language }) => language);
  return { collection, tag: tagOf(collection), languages };
}

function Change(of: {
  readonly before: Before;
  readonly onSaved: () => void;
  readonly onClose: () => void;
  readonly onAnew: () => void;
}) {
  const words = useWords(terms);
  const { collection, languages } = of.before;
  const [typed, setTyped] = useState(() => typedOf(collection));
  const [lines, setLines] = useState<Readonly<Record<string, string>>>({});
  const { name, purpose, alternative } = typed;
  const retentionDays = Number(typed.days);
  const shorter = retentionDays < collection.retentionDays;
  const binds = purpose.trim() !== collection.purpose || retentionDays > collection.retentionDays;
  const save = useSaving(of.before, of.onSaved);
  const submit = (): void => {
    const notices = languages.map((language) => {
      const own = lines[language]?.trim() ?? "";
      return { language, own: own === "" ? null : own };
    });
    save.run({ name, purpose, retentionDays, alternative, ...(binds ? { notices } : {}) });
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TermFields typed={typed} onChange={(changes) => setTyped({ ...typed, ...changes })} />
      {shorter ? <p className="note">{words.shorter(retentionDays)}</p> : null}
      {binds ? (
        <ToldAnew
          languages={languages}
          lines={lines}
          onChange={(language, text) => setLines((all) => ({ ...all, [language]: text }))}
        />
      ) : null}
      {save.error ? <Failure error={save.error} again={of.onAnew} /> : null}
      <div className="row">
        <Button type="submit" busy={save.busy}>
          {words.save}
        </Button>
        <Button look="second" onPress={of.onClose}>
          {words.close}
        </Button>
      </div>
    </form>
  );
}

/** What is typed, field by field. */
interface Typed {
  readonly name: string;
  readonly purpose: string;
  readonly alternative: string;
  readonly days: string;
}

function typedOf({ name, purpose, alternative, retentionDays }: Collection): Typed {
  return { name, purpose, alternative, days: String(retentionDays) };
}

function TermFields(of: {
  readonly typed: Typed;
  readonly onChange: (changes: Partial<Typed>) => void;
}) {
  const { fields } = useWords(terms);
  const { typed, onChange } = of;
  return (
    <>
      <Field
        {...fields.name}
        name="name"
        value={typed.name}
        onChange={(name) => onChange({ name })}
        maxLength={80}
      />
      <LongField
        {...fields.purpose}
        name="purpose"
        value={typed.purpose}
        onChange={(purpose) => onChange({ purpose })}
        rows={2}
      />
      <LongField
        {...fields.alternative}
        name="alternative"
        value={typed.alternative}
        onChange={(alternative) => onChange({ alternative })}
        rows={2}
        required={false}
      />
      <Field
        {...fields.retentionDays}
        name="retentionDays"
        value={typed.days}
        onChange={(days) => onChange({ days })}
        bounds={RETENTION_BOUNDS}
      />
    </>
  );
}

type Changes = Omit<InputOf<typeof ROUTES.changeCollection>, "collection">;

/** Changes the collection as it was read; whoever changed it since is not overwritten. */
function useSaving({ collection: { id }, tag }: Before, onSaved: () => void) {
  const client = useQueryClient();
  return useAction(async (changes: Changes) => {
    await assent.changeCollection({ collection: id, ...changes }, { ifMatch: tag });
    await client.invalidateQueries({ queryKey: COLLECTIONS_KEY });
    await client.invalidateQueries({ queryKey: ["notices", id] });
    await client.invalidateQueries({ queryKey: ["health", id] });
    onSaved();
  });
}

/** What people read first from now on, in each language they are told in. */
function ToldAnew(of: {
  readonly languages: readonly string[];
  readonly lines: Readonly<Record<string, string>>;
  readonly onChange: (language: string, text: string) => void;
}) {
  const words = useWords(terms);
  const reader = useLanguage();
  return (
    <>
      <p className="note">{words.toldAnew}</p>
      {of.languages.map((language) => (
        <LongField
          key={language}
          name={`lines-${language}`}
          label={words.lines(showLanguage(language, reader))}
          help={isOurs(language) ? words.linesHelp : words.wholeHelp}
          value={of.lines[language] ?? ""}
          onChange={(text) => of.onChange(language, text)}
          required={!isOurs(language)}
        />
      ))}
    </>
  );
}

/** Whether the service has the words of a whole notice in a language. */
function isOurs(language: string): boolean {
  return LANGUAGES.some(([ours]) => ours === language.split("-")[0]);
}
