import { Field, Toggle } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { search as texts } from "../texts/search.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** What is offered first: a week is enough to hand most matters over. */
const DAYS_OFFERED = 7;

/** Whether what is searched with is kept, and to which day; null: it is deleted with the answer. */
export function Keep(of: {
  /** Days it may be kept. */
  readonly days: number;
  readonly until: string | null;
  readonly onChange: (until: string | null) => void;
}) {
  const { keep: words } = useWords(texts);
  const { days, until } = of;
  return (
    <>
      <Toggle
        on={until !== null}
        onChange={(on) => of.onChange(on ? lastDay(Math.min(days, DAYS_OFFERED)) : null)}
      >
        {words.keep}
      </Toggle>
      {until === null ? null : (
        <Field
          label={words.until}
          name="keep"
          type="date"
          value={until}
          onChange={of.onChange}
          help={words.more(days)}
        />
      )}
    </>
  );
}

/** The last of so many days, today among them, as the service counts days (UTC). */
function lastDay(days: number): string {
  return new Date(Date.now() + (days - 1) * DAY_MS).toISOString().slice(0, 10);
}
