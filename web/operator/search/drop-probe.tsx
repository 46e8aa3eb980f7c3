import { FileTrigger } from "react-aria-components";
import { FORM_FILE_BYTES_MAX } from "../../../src/contract/contract.ts";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { useWords } from "../../shared/words.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { showBytes } from "../parts/numbers.ts";
import { search as texts } from "../texts/search.ts";

/** A file that a browser knows no kind of is told by its name. */
const VIDEO_NAME = /\.(?:mp4|m4v|mov|mkv|webm)$/iu;

/** Whether a file is searched with as a video. */
export function isVideo({ type, name }: File): boolean {
  return type.startsWith("video/") || VIDEO_NAME.test(name);
}

/** Where a photo or a clip is dropped, or chosen. */
export function DropProbe({ onFile }: { readonly onFile: (file: File) => void }) {
  const { search: words, clips } = useWords(texts);
  const language = useLanguage();
  const take = (files: FileList | null): void => {
    const [first] = files ?? [];
    if (first) onFile(first);
  };
  return (
    <DropZone onDrop={({ files }) => take(files)}>
      <p>{words.drop}</p>
      <div className="row">
        <FileTrigger acceptedFileTypes={["image/*"]} onSelect={take}>
          <Button>{words.choose}</Button>
        </FileTrigger>
        <FileTrigger acceptedFileTypes={["video/*", ".mkv"]} onSelect={take}>
          <Button look="second">{clips.choose}</Button>
        </FileTrigger>
      </div>
      <p className="quiet small">{words.dropMore}</p>
      <p className="quiet small">{clips.limits(showBytes(FORM_FILE_BYTES_MAX, language))}</p>
    </DropZone>
  );
}
