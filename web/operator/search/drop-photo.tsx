import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { search as texts } from "../texts/search.ts";

/** Where a photo is dropped, or chosen. */
export function DropPhoto({ onPhoto }: { readonly onPhoto: (photo: File) => void }) {
  const { search: words } = useWords(texts);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null): void => {
    const [first] = files ?? [];
    if (first) onPhoto(first);
  };
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <p>{words.drop}</p>
      <div className="row">
        <FileTrigger acceptedFileTypes={["image/*"]} onSelect={take}>
          <Button>{words.choose}</Button>
        </FileTrigger>
      </div>
      <p className="quiet small">{words.dropMore}</p>
    </div>
  );
}
