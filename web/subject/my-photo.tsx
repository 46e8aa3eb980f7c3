import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Field } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { showMoment } from "../shared/times.ts";
import { MyMoment } from "./my-moment.tsx";
import { type Answer, ask, linkOf } from "./service.ts";

type Photo = Answer<"listOwnPhotos">["items"][number];

interface Shown {
  readonly subject: string;
  readonly collection: string;
  readonly photo: Photo;
}

const REASON_LENGTH_MAX = 2000;

/** A photo somebody is seen in, and what they may say of it. */
export function MyPhoto(of: Shown & { readonly onVerdict: (state: Photo["state"]) => void }) {
  const { subject, collection, photo } = of;
  const { photos } = useTexts();
  const language = useLanguage();
  const [holding, setHolding] = useState(false);
  const sighting = photo.id;
  const when = photo.takenAt === null ? photos.undated : showMoment(photo.takenAt, language);
  return (
    <>
      {photo.state === "rejected" ? null : photo.track ? (
        <MyMoment
          subject={subject}
          collection={collection}
          photo={photo}
          track={photo.track}
          still={linkOf("getOwnThumbnail", { subject, collection, sighting })}
          alt={photos.alt(when)}
        />
      ) : (
        <Picture
          address={linkOf("getOwnThumbnail", { subject, collection, sighting })}
          alt={photos.alt(when)}
        />
      )}
      <div className="words">
        <span className="quiet small">{when}</span>
        <p>{photos.states[photo.state]}</p>
        {photo.verdict === "uncertain" && photo.state === "proposed" ? (
          <p className="quiet small">{photos.unsure}</p>
        ) : null}
        <Verdict collection={collection} photo={photo} when={when} onVerdict={of.onVerdict} />
        {photo.state === "rejected" ? null : (
          <div className="row">
            {photo.track ? null : (
              <a
                className="button second slim"
                href={linkOf("downloadOwnPhoto", { subject, collection, sighting })}
                download
                aria-label={`${photos.download}: ${when}`}
              >
                {photos.download}
              </a>
            )}
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
      </div>
    </>
  );
}

function Picture({ address, alt }: { readonly address: string; readonly alt: string }) {
  const { photos } = useTexts();
  const [missing, setMissing] = useState(false);
  if (missing) return <p className="words quiet">{photos.missing}</p>;
  return <img src={address} alt={alt} loading="lazy" onError={() => setMissing(true)} />;
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

function HoldBack(of: Shown & { readonly onCancel: () => void }) {
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
