import { type ReactNode, useState } from "react";
import { Refused } from "./ask.ts";
import { Button } from "./controls.tsx";
import { useTexts } from "./language.tsx";

/** Something went wrong: what, and what to do. It is read out. */
export function Failure({
  error,
  again,
}: {
  readonly error: unknown;
  readonly again?: () => void;
}) {
  const texts = useTexts();
  return (
    <div className="note bad" role="alert">
      <p>{wordsFor(error, texts)}</p>
      {again ? (
        <Button look="second" slim onPress={again}>
          {texts.again}
        </Button>
      ) : null}
    </div>
  );
}

/** A failure in the person's language; what has no words of its own is told in the service's. */
export function wordsFor(error: unknown, texts: ReturnType<typeof useTexts>): string {
  if (!(error instanceof Refused)) return texts.failed;
  const known: Readonly<Record<string, string>> = texts.problems;
  return known[error.code] ?? (error.advice || texts.failed);
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
