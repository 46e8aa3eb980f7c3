import { type ReactNode, use, useState } from "react";
import { Button } from "./controls.tsx";
import { useTexts } from "./language.tsx";
import { ProblemWords } from "./problems.ts";
import { useWords } from "./words.ts";

/** What stays so however often it is asked: it is not there any more, or not for whoever asks. */
const FINAL: ReadonlySet<string> = new Set([
  "collection_unknown",
  "invite_over",
  "not_allowed",
  "photo_unknown",
  "request_invalid",
  "subject_erased",
  "subject_unknown",
]);

/** Something went wrong: what, and what to do. It is read out. */
export function Failure({
  error,
  again,
}: {
  readonly error: unknown;
  readonly again?: () => void;
}) {
  const texts = useTexts();
  const words = useWordsFor();
  return (
    <div className="note bad" role="alert">
      <p>{words(error)}</p>
      {again && !FINAL.has(toldBy(error).code) ? (
        <Button look="second" slim onPress={again}>
          {texts.again}
        </Button>
      ) : null}
    </div>
  );
}

/** A failure in the reader's language; what has no words of its own is told in the service's. */
export function useWordsFor(): (error: unknown) => string {
  const { problems, failed } = useTexts();
  const own = useWords(use(ProblemWords));
  return (error) => {
    const { code, advice } = toldBy(error);
    const known: Readonly<Record<string, string>> = { ...problems, ...own };
    return known[code] ?? (advice || failed);
  };
}

/** What a failure says of itself: those of `ask.ts` and of the client alike. */
export function toldBy(error: unknown): { readonly code: string; readonly advice: string } {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") {
    return { code: "", advice: "" };
  }
  // No answer, whatever became of it: a photo may be `too_slow` too, and that is another matter.
  if (error.name === "ConnectionError") return { code: "unreachable", advice: "" };
  const { code } = error;
  const advice = "advice" in error ? error.advice : "detail" in error ? error.detail : null;
  return { code, advice: typeof advice === "string" ? advice : "" };
}

/** Something is on its way. */
export function Loading() {
  return (
    <p className="quiet" role="status">
      {useTexts().loading}
    </p>
  );
}

/** What was done, read out. */
export function Done({ children }: { readonly children: ReactNode }) {
  return (
    <div className="note" role="status">
      {children}
    </div>
  );
}

/** Something that is done on demand: whether it runs, and how it failed. */
export function useAction<Given extends readonly unknown[]>(
  action: (...given: Given) => Promise<void>,
) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({
    busy: false,
    error: null,
  });
  const run = (...given: Given): void => {
    setState({ busy: true, error: null });
    void (async () => {
      try {
        await action(...given);
        setState({ busy: false, error: null });
      } catch (error) {
        setState({ busy: false, error });
      }
    })();
  };
  return { ...state, run };
}
