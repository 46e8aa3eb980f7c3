import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button, Field } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { type Answer, ask } from "./service.ts";

export type Photo = Answer<"listOwnPhotos">["items"][number];

interface Place {
  readonly subject: string;
  readonly collection: string;
  readonly photo: Photo;
}

const REASON_LENGTH_MAX = 2000;

/** What somebody may say of a place they are seen at: me, not me; and that nobody else is shown it. */
export function MyWord(
  of: Place & {
    /** What tells this place from the others: a day, or times. */
    readonly when: string;
    readonly onVerdict: (state: Photo["state"]) => void;
    /** What stands beside holding back. */
    readonly children?: ReactNode;
  },
) {
  const { subject, collection, photo, when } = of;
  const { photos } = useTexts();
  const [holding, setHolding] = useState(false);
  return (
    <>
      <p>{photos.states[photo.state]}</p>
      {photo.verdict === "uncertain" && photo.state === "proposed" ? (
        <p className="quiet small">{photos.unsure}</p>
      ) : null}
      <Verdict collection={collection} photo={photo} when={when} onVerdict={of.onVerdict} />
      {photo.state === "rejected" ? null : (
        <div className="row">
          {of.children}
          {photo.heldBack || holding ? null : (
            <Button
              look="second"
              slim
              label={`${photos.hold}: ${when}`}
              onPress={() => setHolding(true)}
            >
              {photos.hold}
            </Button>
          )}
        </div>
      )}
      {photo.heldBack ? <p className="small">{photos.held}</p> : null}
      {holding && !photo.heldBack ? (
        <HoldBack
          subject={subject}
          collection={collection}
          photo={photo}
          onCancel={() => setHolding(false)}
        />
      ) : null}
    </>
  );
}

/** That's me, not me, and taking it back. */
function Verdict(of: {
  readonly collection: string;
  readonly photo: Photo;
  readonly when: string;
  readonly onVerdict: (state: Photo["state"]) => void;
}) {
  const { photos } = useTexts();
  const client = useQueryClient();
  const { collection, photo, when } = of;
  const say = useAction(async (word: "confirmSighting" | "rejectSighting" | "undoSighting") => {
    const { state } = await ask(word, { collection, sighting: photo.id });
    of.onVerdict(state);
    await client.invalidateQueries({ queryKey: ["me", "photos", collection] });
  });
  const button = (word: Parameters<typeof say.run>[0], label: string) => (
    <Button
      look="second"
      slim
      busy={say.busy}
      label={`${label}: ${when}`}
      onPress={() => say.run(word)}
    >
      {label}
    </Button>
  );
  return (
    <>
      <div className="row">
        {photo.state === "proposed" ? (
          <>
            {button("confirmSighting", photos.isMe)}
            {button("rejectSighting", photos.notMe)}
          </>
        ) : (
          button("undoSighting", photos.undo)
        )}
      </div>
      {say.error ? <Failure error={say.error} /> : null}
    </>
  );
}

function HoldBack(of: Place & { readonly onCancel: () => void }) {
  const { photos, cancel } = useTexts();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const { subject, collection, photo } = of;
  const hold = useAction(async () => {
    const why = reason.trim() === "" ? {} : { reason };
    await ask("holdBack", { subject, collection, sighting: photo.id, ...why });
    await client.invalidateQueries({ queryKey: ["me", "photos", collection] });
  });
  return (
    <form
      className="stack section"
      onSubmit={(event) => {
        event.preventDefault();
        hold.run();
      }}
    >
      <p className="small">{photos.holdWhat}</p>
      <Field
        label={photos.holdReason}
        name="reason"
        value={reason}
        onChange={setReason}
        required={false}
        maxLength={REASON_LENGTH_MAX}
      />
      {hold.error ? <Failure error={hold.error} /> : null}
      <div className="row">
        <Button type="submit" slim busy={hold.busy}>
          {photos.holdYes}
        </Button>
        <Button look="second" slim onPress={of.onCancel}>
          {cancel}
        </Button>
      </div>
    </form>
  );
}
