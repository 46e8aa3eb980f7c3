import { useRef, useState, useSyncExternalStore } from "react";
import { Button, Field } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { JobProgress } from "../parts/job.tsx";
import { showBytes, showCount } from "../parts/numbers.ts";
import { LongProgress } from "../parts/progress.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { ImportWork } from "./import-work.tsx";
import { type Importer, importerOf, type Importing } from "./importer.ts";
import { filesChosen, filesDropped } from "./picked-files.ts";
import { RefusedFiles } from "./refused-files.tsx";

/** Photos and archives are added here: dropped, chosen, or read from a folder of the server. */
export function Import() {
  const { imports: words } = useWords(library);
  const { id, closed } = useCollection();
  const importer = importerOf(id);
  const state = useSyncExternalStore(importer.subscribe, importer.read);
  const isOwner = useMay(["owner"]);
  return (
    <>
      <Title>{words.title}</Title>
      {closed ? null : (
        <>
          <Unfinished state={state} />
          <Drop importer={importer} />
          <Sending importer={importer} state={state} />
          {isOwner ? <FromServer collection={id} /> : null}
        </>
      )}
      <ImportWork collection={id} sending={state.state === "sending" || state.state === "sent"} />
      <RefusedFiles collection={id} notTaken={state.notTaken} />
    </>
  );
}

/** What a page that was closed had begun. */
function Unfinished({ state: { cutShort } }: { readonly state: Importing }) {
  const { imports: words } = useWords(library);
  const language = useLanguage();
  if (!cutShort) return null;
  const [sent, files] = [showCount(cutShort.sent, language), showCount(cutShort.files, language)];
  return <p className="note">{words.cutShort(sent, files)}</p>;
}

function Drop({ importer }: { readonly importer: Importer }) {
  const { imports: words } = useWords(library);
  return (
    <DropZone onDrop={(dropped) => void importer.add(filesDropped(dropped))}>
      <p>{words.drop}</p>
      <div className="row">
        <Chooser label={words.chooseFiles} importer={importer} />
        <Chooser label={words.chooseFolder} importer={importer} folder />
      </div>
      <p className="quiet small">{words.kinds}</p>
    </DropZone>
  );
}

function Chooser(of: {
  readonly label: string;
  readonly importer: Importer;
  readonly folder?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look={of.folder ? "second" : "first"} onPress={() => input.current?.click()}>
        {of.label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={of.label}
        {...(of.folder ? { webkitdirectory: "" } : { accept: "image/*,video/*,.mkv,.zip" })}
        onChange={({ target }) => {
          if (target.files) void of.importer.add([...filesChosen(target.files)]);
          target.value = "";
        }}
      />
    </>
  );
}

function Sending({ importer, state }: { readonly importer: Importer; readonly state: Importing }) {
  const { imports: words } = useWords(library);
  const language = useLanguage();
  const told = words.files(showCount(state.sentFiles, language), showCount(state.files, language));
  switch (state.state) {
    case "idle":
      return null;
    case "sending":
      return (
        <LongProgress
          label={`${words.sending} ${told}`}
          done={importer.sentBytes}
          total={state.bytes}
          pace={importer.pace}
          show={showBytes}
          onCancel={() => importer.stop()}
        />
      );
    case "sent":
      return (
        <Done>
          <p>{words.sent(told)}</p>
        </Done>
      );
    case "stopped":
    case "failed":
      return (
        <div className="card">
          <p>
            {words.stopped} {told}
          </p>
          {state.error === null ? null : <Failure error={state.error} />}
          <Button onPress={() => importer.goOn()}>{words.goOn}</Button>
        </div>
      );
    default:
      return state.state satisfies never;
  }
}

/** A folder or archive of the machine that the service runs on, where its owner opened one. */
function FromServer({ collection }: { readonly collection: string }) {
  const { imports: words } = useWords(library);
  const [path, setPath] = useState("");
  const [job, setJob] = useState<string | null>(null);
  const ask = useAction(async () => {
    const asked = await assent.importPlace({ collection, path });
    setJob(asked.job);
  });
  return (
    <details>
      <summary>{words.server}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          ask.run();
        }}
      >
        <p className="small">{words.serverMore}</p>
        <Field
          label={words.path}
          name="path"
          value={path}
          onChange={setPath}
          help={words.pathHelp}
          maxLength={1000}
        />
        {ask.error ? <Failure error={ask.error} /> : null}
        <Button type="submit" look="second" busy={ask.busy}>
          {words.serverYes}
        </Button>
      </form>
      {job === null ? null : <JobProgress key={job} job={job} label={words.serverJob} stoppable />}
    </details>
  );
}
