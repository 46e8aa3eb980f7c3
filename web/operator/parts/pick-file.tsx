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
  const words = useWords(parts);
  return (
    <div className="field" role="group" aria-label={of.label}>
      <span className="label">{of.label}</span>
      {of.help === undefined ? null : <span className="quiet small">{of.help}</span>}
      <div className="row pick">
        <FileTrigger
          acceptedFileTypes={[...of.types]}
          onSelect={(files) => {
            const [file] = files ?? [];
            if (file) of.onPick(file);
          }}
        >
          <Button look="second" slim>
            {of.file === null ? words.choose : words.chooseOther}
          </Button>
        </FileTrigger>
        <span className="quiet small">{of.file?.name ?? words.noFile}</span>
      </div>
    </div>
  );
}
