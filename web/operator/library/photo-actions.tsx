import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Field } from "../../shared/controls.tsx";
import { Done } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { assent, linkTo } from "../service.ts";
import { useMay } from "../session.tsx";
import { WORKERS } from "../screens/screen.ts";
import { library } from "../texts/library.ts";
import { sightingsIn, type Viewed } from "./faces.ts";
import { photosKey } from "./photo-list.ts";

const REASON_LENGTH_MAX = 2000;

/** Download, hold back for somebody who objects, remove. */
export function PhotoActions(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly onChanged: () => Promise<void>;
  readonly onRemoved: () => void;
}) {
  const { viewer: words } = useWords(library);
  const [open, setOpen] = useState<"hold" | "remove" | null>(null);
  const [held, setHeld] = useState(false);
  const { collection, photo } = of;
  if (!useMay(WORKERS)) return null;
  return (
    <section className="section">
      <h2>{photo.kind === "video" ? words.videoActions : words.actions}</h2>
      <div className="row">
        {photo.withheld ? null : (
          <>
            <a
              className="button second slim"
              href={linkTo("getOriginal", { collection, photo: photo.id })}
              download
            >
              {words.original}
            </a>
            <Button look="second" slim onPress={() => setOpen("hold")}>
              {words.hold}
            </Button>
          </>
        )}
        <Button look="danger" slim onPress={() => setOpen("remove")}>
          {words.remove}
        </Button>
      </div>
      {held ? (
        <Done>
          <p>{words.held}</p>
        </Done>
      ) : null}
      {open === "hold" ? (
        <Hold
          {...of}
          onClose={() => setOpen(null)}
          onHeld={async () => {
            setHeld(true);
            await of.onChanged();
          }}
        />
      ) : null}
      {open === "remove" ? <Remove {...of} onClose={() => setOpen(null)} /> : null}
    </section>
  );
}

function Hold(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly onClose: () => void;
  readonly onHeld: () => Promise<void>;
}) {
  const { viewer: words } = useWords(library);
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [face, setFace] = useState("");
  const { collection, photo } = of;
  const hold = async (): Promise<void> => {
    const why = reason.trim() === "" ? {} : { reason };
    const only = photo.people.find((one) => one.face === face);
    const target = only ? { face: only.face } : {};
    await assent.objectToPhoto({ collection, photo: photo.id, ...target, ...why });
    await client.invalidateQueries({ queryKey: photosKey(collection) });
    await of.onHeld();
  };
  return (
    <Confirm title={words.holdTitle} yes={words.holdYes} action={hold} onClose={of.onClose}>
      <p>{words.holdMore}</p>
      <div className="stack">
        <label className="field">
          <span className="label">{words.holdWhat}</span>
          <select value={face} onChange={({ target }) => setFace(target.value)}>
            <option value="">{words.holdWhole[photo.kind]}</option>
            {photo.people.map((one, index) => (
              <option key={one.face} value={one.face}>
                {[words.face(index + 1), one.named[0]?.name].filter(Boolean).join(", ")}
              </option>
            ))}
          </select>
        </label>
        <Field
          label={words.holdReason}
          name="reason"
          value={reason}
          onChange={setReason}
          required={false}
          maxLength={REASON_LENGTH_MAX}
        />
      </div>
    </Confirm>
  );
}

function Remove(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}) {
  const { viewer: words } = useWords(library);
  const client = useQueryClient();
  const { collection, photo } = of;
  const remove = async (): Promise<void> => {
    await assent.removePhoto({ collection, photo: photo.id });
    await client.invalidateQueries({ queryKey: photosKey(collection) });
    of.onRemoved();
  };
  const seen = new Set(sightingsIn(photo).map(({ subject }) => subject));
  const gone = words.gone(photo.kind, photo.people.length, seen.size);
  return (
    <Confirm
      title={words.removeTitle[photo.kind]}
      gone={gone}
      yes={words.removeYes}
      action={remove}
      onClose={of.onClose}
    />
  );
}
