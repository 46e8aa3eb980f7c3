import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useFile } from "../../shared/file.ts";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction, useWordsFor } from "../../shared/states.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { JobProgress } from "../parts/job.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { PickFile, PickFiles } from "../parts/pick-file.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, type Item } from "../service.ts";
import { lists } from "../texts/lists.ts";
import { people } from "../texts/people.ts";

type Reason = Item<"listRefusedRows">["reasons"][number];
type HandedList = Item<"listEnrolmentLists">;

/** Enrolling many who signed on paper: a CSV with their photos, and what came of each row. */
export function EnrolList() {
  const words = useWords(lists);
  const { id, closed } = useCollection();
  const list = useList(["lists", id], async (page) =>
    assent.listEnrolmentLists({ collection: id, ...page }),
  );
  return (
    <>
      <Title>{words.title}</Title>
      {closed ? null : <HandIn collection={id} />}
      <section className="section">
        <h2>{words.handed}</h2>
        <Listed
          list={list}
          empty={
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          }
        >
          {(all) => all.map((one) => <OneList key={one.id} collection={id} list={one} />)}
        </Listed>
      </section>
    </>
  );
}

function HandIn({ collection }: { readonly collection: string }) {
  const words = useWords(lists);
  const client = useQueryClient();
  const [csv, setCsv] = useState<File | null>(null);
  const [photos, setPhotos] = useState<readonly File[]>([]);
  const [missing, setMissing] = useState(false);
  const send = useAction(async (list: File) => {
    await assent.enrolList({ collection, list, photos });
    setCsv(null);
    setPhotos([]);
    await client.invalidateQueries({ queryKey: ["lists", collection] });
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const whole = csv !== null && photos.length > 0;
        setMissing(!whole);
        if (whole) send.run(csv);
      }}
    >
      <p>{words.what}</p>
      <Columns />
      <PickFile
        label={words.csv}
        types={[".csv", "text/csv"]}
        file={csv}
        onPick={setCsv}
        help={words.csvHelp}
      />
      <PickFiles
        label={words.photos}
        types={["image/*"]}
        chosen={photos.length === 0 ? null : words.chosen(photos.length)}
        onPick={setPhotos}
        help={words.photosHelp}
      />
      {missing ? <p role="alert">{words.missing}</p> : null}
      {send.error ? <Failure error={send.error} /> : null}
      {send.busy ? <p role="status">{words.sending}</p> : null}
      <Button type="submit" busy={send.busy}>
        {words.submit}
      </Button>
    </form>
  );
}

/** Columns that a list needs, and that it may have, in the order of the example. */
const NEEDED = ["subject", "contact", "photo", "form", "signed_on", "witness"] as const;
const OPTIONAL = ["keep_photo", "born", "guardian", "relation", "language"] as const;

/** What each column holds, and a list with one row to begin with. */
function Columns() {
  const words = useWords(lists);
  const rows = [[...NEEDED, ...OPTIONAL], words.example];
  const lines = rows.map((row) => row.map((cell) => `"${cell}"`).join(words.separator));
  // The mark at its start has spreadsheets read it as UTF-8.
  const example = useFile(`\uFEFF${lines.join("\r\n")}\r\n`, "text/csv");
  return (
    <>
      <a className="button second slim" href={example} download={words.exampleName}>
        {words.getExample}
      </a>
      <details>
        <summary>{words.columnsTitle}</summary>
        <p className="small">{words.more}</p>
        <dl className="pair small">
          {[...NEEDED, ...OPTIONAL].map((column) => (
            <div key={column} className="key-row">
              <dt>
                <code>{column}</code>
              </dt>
              <dd>{words.columns[column]}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function OneList({ collection, list }: { readonly collection: string; readonly list: HandedList }) {
  const words = useWords(lists);
  const language = useLanguage();
  const client = useQueryClient();
  const waits = list.finishedAt === null;
  const over = (): void => {
    void client.invalidateQueries({ queryKey: ["lists", collection] });
    void client.invalidateQueries({ queryKey: ["people", collection] });
  };
  return (
    <article className="card">
      <h3>{words.of(list.people, showDay(list.createdAt, language))}</h3>
      {waits && list.job !== null ? (
        <JobProgress job={list.job} label={words.enrolling} stoppable onOver={over} />
      ) : null}
      <p>{words.came(list)}</p>
      {list.refused > 0 ? <RefusedRows collection={collection} list={list} /> : null}
    </article>
  );
}

function RefusedRows(of: { readonly collection: string; readonly list: HandedList }) {
  const words = useWords(lists);
  const { form } = useWords(people);
  const wordsFor = useWordsFor();
  const { collection } = of;
  // The service's code of a row is also one of a damaged database.
  const say = (reason: Reason): string =>
    reason.code === "row_invalid"
      ? words.rowInvalid
      : (form.quality[reason.code] ?? wordsFor(Object.assign(new Error(), reason)));
  const { id, refused } = of.list;
  const rows = useList(["lists", collection, id, refused], async (page) =>
    assent.listRefusedRows({ collection, list: id, ...page }),
  );
  return (
    <details>
      <summary>{words.refused(refused)}</summary>
      <Listed list={rows} empty={null}>
        {(all) => (
          <ul className="refused">
            {all.map(({ line, reasons }) => (
              <li key={line}>
                <span className="mono">{words.line(line)}</span>
                {reasons.map((reason) => (
                  <span key={reason.code} className="small">
                    {say(reason)}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </details>
  );
}
