import { FileTrigger } from "react-aria-components";
import { Button } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { parts } from "../texts/parts.ts";

/** A file to be chosen, with its name once it is. */
export function PickFile(of: {
  readonly label: string;
  readonly types: readonly string[];
  readonly file: File | null;
  readonly onPick: (file: File) => void;
  readonly help?: string;
}) {
  const { file, onPick, ...shown } = of;
  const pick = ([first]: readonly File[]): void => {
    if (first) onPick(first);
  };
  return <Pick {...shown} chosen={file?.name ?? null} onPick={pick} />;
}

/** Files to be chosen at once, and what to say once they are. */
export function PickFiles(of: Omit<PickOf, "many">) {
  return <Pick {...of} many />;
}

interface PickOf {
  readonly label: string;
  readonly types: readonly string[];
  /** What was chosen, in words. */
  readonly chosen: string | null;
  readonly onPick: (files: readonly File[]) => void;
  readonly help?: string;
  readonly many?: true;
}

function Pick(of: PickOf) {
  const words = useWords(parts);
  const choose = of.many === true ? words.chooseMany : words.choose;
  return (
    <div className="field" role="group" aria-label={of.label}>
      <span className="label">{of.label}</span>
      {of.help === undefined ? null : <span className="quiet small">{of.help}</span>}
      <div className="row pick">
        <FileTrigger
          acceptedFileTypes={[...of.types]}
          allowsMultiple={of.many === true}
          onSelect={(files) => of.onPick([...(files ?? [])])}
        >
          <Button look="second" slim>
            {of.chosen === null ? choose : words.chooseOther}
          </Button>
        </FileTrigger>
        <span className="quiet small">{of.chosen ?? words.noFile}</span>
      </div>
    </div>
  );
}
