import { useState } from "react";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { showMoment } from "../shared/times.ts";
import { MyWord, type Photo } from "./my-word.tsx";
import { linkOf } from "./service.ts";

/** A photo somebody is seen in, and what they may say of it. */
export function MyPhoto(of: {
  readonly subject: string;
  readonly collection: string;
  readonly photo: Photo;
  readonly onVerdict: (state: Photo["state"]) => void;
}) {
  const { subject, collection, photo } = of;
  const { photos } = useTexts();
  const language = useLanguage();
  const sighting = photo.id;
  const when = photo.takenAt === null ? photos.undated : showMoment(photo.takenAt, language);
  return (
    <>
      {photo.state === "rejected" ? null : (
        <Picture
          address={linkOf("getOwnThumbnail", { subject, collection, sighting })}
          alt={photos.alt(when)}
        />
      )}
      <div className="words">
        <span className="quiet small">{when}</span>
        <MyWord {...of} when={when}>
          <a
            className="button second slim"
            href={linkOf("downloadOwnPhoto", { subject, collection, sighting })}
            download
            aria-label={`${photos.download}: ${when}`}
          >
            {photos.download}
          </a>
        </MyWord>
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
