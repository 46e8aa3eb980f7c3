import { useEffect, useState } from "react";
import { FORM_FILE_BYTES_MAX } from "../../../src/contract/contract.ts";
import { Button, Field } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { showBytes } from "../parts/numbers.ts";
import { LongProgress, usePace } from "../parts/progress.tsx";
import { search as texts } from "../texts/search.ts";
import { ClipAnswer } from "./clip-answer.tsx";
import { Keep } from "./keep.tsx";
import { Leaves } from "./leaves.tsx";
import { type FoundInClip, sendClip } from "./send-clip.ts";

const PURPOSE_LENGTH_MAX = 500;

/** Search by a clip: why, how far it is sent, and who may be in it. */
export function WithClip(of: {
  readonly clip: File;
  readonly spent: boolean;
  /** Days that the clip may be kept. */
  readonly keepDays: number;
  readonly onAnswered: () => Promise<void>;
  readonly onOther: () => void;
}) {
  const { clips: words } = useWords(texts);
  const language = useLanguage();
  const address = useAddress(of.clip);
  const [found, setFound] = useState<FoundInClip | null>(null);
  const [kept, setKept] = useState<string | null>(null);
  const other = (
    <Button look="second" onPress={of.onOther}>
      {words.other}
    </Button>
  );
  if (found && address !== null) {
    return (
      <>
        <ClipAnswer clip={address} found={found} kept={kept} />
        <div className="row">{other}</div>
      </>
    );
  }
  return (
    <section className="card stack">
      <h2>{of.clip.name}</h2>
      <p className="quiet small">{showBytes(of.clip.size, language)}</p>
      {of.clip.size > FORM_FILE_BYTES_MAX ? (
        <>
          <p className="note bad" role="alert">
            {words.tooLarge(showBytes(FORM_FILE_BYTES_MAX, language))}
          </p>
          {other}
        </>
      ) : (
        <AskWithClip
          clip={of.clip}
          spent={of.spent}
          keepDays={of.keepDays}
          onOther={of.onOther}
          onFound={async (answer, until) => {
            setFound(answer);
            setKept(until);
            await of.onAnswered();
          }}
        />
      )}
    </section>
  );
}

/** What for; then how far it is. */
function AskWithClip(of: {
  readonly clip: File;
  readonly spent: boolean;
  readonly keepDays: number;
  readonly onFound: (found: FoundInClip, until: string | null) => Promise<void>;
  readonly onOther: () => void;
}) {
  const { clips: words, search } = useWords(texts);
  const { id: collection, sceneBasis } = useCollection();
  const [purpose, setPurpose] = useState("");
  const [until, setUntil] = useState<string | null>(null);
  const [sent, setSent] = useState(0);
  const [stop, setStop] = useState<AbortController | null>(null);
  const pace = usePace();
  useEffect(() => () => stop?.abort(), [stop]);
  const ask = useAction(async () => {
    const leaving = new AbortController();
    setStop(leaving);
    const note = (bytes: number, total: number): void => {
      const share = total === 0 ? 1 : bytes / total;
      pace.note(share * of.clip.size, Date.now());
      setSent(share * of.clip.size);
    };
    note(0, 1);
    const asked = { collection, purpose, video: of.clip, keepUntil: until };
    await of.onFound(await sendClip(asked, note, leaving.signal), until);
  });
  if (sceneBasis === null) return <p className="note">{words.noBasis}</p>;
  if (ask.busy) return <Sending {...{ sent, pace }} of={of.clip.size} onCancel={of.onOther} />;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        ask.run();
      }}
    >
      <Field
        label={search.purpose}
        name="purpose"
        value={purpose}
        onChange={setPurpose}
        help={search.purposeMore}
        maxLength={PURPOSE_LENGTH_MAX}
      />
      <Keep days={of.keepDays} until={until} onChange={setUntil} />
      <Leaves what="video" until={until} />
      {ask.error ? <Failure error={ask.error} /> : null}
      <div className="row">
        <Button type="submit" busy={of.spent}>
          {search.go}
        </Button>
        <Button look="second" onPress={of.onOther}>
          {words.other}
        </Button>
      </div>
    </form>
  );
}

/** How far a clip is sent, and then that it is looked at. */
function Sending(is: {
  readonly sent: number;
  readonly of: number;
  readonly pace: ReturnType<typeof usePace>;
  readonly onCancel: () => void;
}) {
  const { clips: words } = useWords(texts);
  return is.sent < is.of ? (
    <LongProgress
      label={words.sending}
      done={is.sent}
      total={is.of}
      pace={is.pace}
      show={showBytes}
      onCancel={is.onCancel}
    />
  ) : (
    <div className="card" role="status">
      <p>{words.looking}</p>
      <progress aria-label={words.looking} />
      <p className="quiet small">{words.lookingMore}</p>
    </div>
  );
}

/** Where this browser plays the clip from, for as long as the screen stands. */
function useAddress(clip: File): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(clip);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [clip]);
  return address;
}
