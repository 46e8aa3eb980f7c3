import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { showBytes } from "../parts/numbers.ts";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent, linkTo } from "../service.ts";
import { library } from "../texts/library.ts";
import { sightingsIn, type Viewed } from "./faces.ts";
import { PhotoActions } from "./photo-actions.tsx";
import { addressOf, usePhotoList, usePhotos } from "./photo-list.ts";
import { PhotoPicture } from "./photo-picture.tsx";
import { VideoPlayer } from "./video-player.tsx";
import { Verdicts } from "./verdicts.tsx";
import { useKeyChoice, useKeys } from "./viewer-keys.ts";

/** One photo: its faces, who they are taken for, and what may be done with it. */
export function PhotoViewer() {
  const { viewer: words } = useWords(library);
  const { id: collection } = useCollection();
  const { photo = "" } = useParams();
  const client = useQueryClient();
  const key = ["photo", collection, photo];
  // Looking is recorded for whoever is named: once for each look, and never ahead of it.
  const viewed = useQuery({
    queryKey: key,
    queryFn: async () => assent.getPhoto({ collection, photo }),
    staleTime: Infinity,
    gcTime: 0,
  });
  if (viewed.data === undefined) {
    return (
      <>
        <Title beside={<ToAll />}>{words.one}</Title>
        <Loaded query={viewed}>{() => null}</Loaded>
      </>
    );
  }
  return (
    <OnePhoto
      key={photo}
      collection={collection}
      photo={viewed.data}
      onChanged={async () => client.invalidateQueries({ queryKey: key })}
    />
  );
}

/** A video plays; on a photo the faces are marked. */
function Shown(of: Parameters<typeof PhotoPicture>[0]) {
  const { alt, ...video } = of;
  return of.photo.kind === "video" ? (
    <VideoPlayer {...video} />
  ) : (
    <PhotoPicture {...video} alt={alt} />
  );
}

function OnePhoto(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly onChanged: () => Promise<void>;
}) {
  const { viewer: words, photos, video } = useWords(library);
  const language = useLanguage();
  const { collection, photo } = of;
  const ways = useWays(collection);
  const keys = useKeyChoice();
  const sightings = sightingsIn(photo);
  const [chosen, setChosen] = useState<string | null>(sightings[0]?.sighting ?? null);
  useKeys(keys.on, {
    j: ways.next,
    ArrowRight: ways.next,
    k: ways.previous,
    ArrowLeft: ways.previous,
    Escape: ways.back,
  });
  const { takenAt, sources } = photo;
  const when = takenAt === null ? photos.undated : showMoment(takenAt, language);
  return (
    <>
      <Title beside={<WaysRow ways={ways} />}>
        {photo.kind === "video" ? video.title(when) : words.title(when)}
      </Title>
      <div className="viewer">
        <Shown
          collection={collection}
          photo={photo}
          chosen={chosen}
          onChoose={setChosen}
          alt={words.alt(when, photo.people.length)}
        />
        <div>
          <Verdicts
            collection={collection}
            photo={photo}
            chosen={chosen}
            onChoose={setChosen}
            onChanged={of.onChanged}
            keys={keys}
          />
          <PhotoActions
            collection={collection}
            photo={photo}
            onChanged={of.onChanged}
            onRemoved={ways.back}
          />
          <details>
            <summary>{words.about}</summary>
            <dl className="pair small">
              <dt>{words.sources}</dt>
              <dd>{sources.join(", ")}</dd>
              <dt>{words.size}</dt>
              <dd>
                {photo.width} × {photo.height}, {showBytes(photo.bytes, language)}
              </dd>
              <dt>{words.imported}</dt>
              <dd>{showMoment(photo.importedAt, language)}</dd>
            </dl>
          </details>
        </div>
      </div>
    </>
  );
}

interface Ways {
  readonly place: number | null;
  readonly total: number | null;
  readonly previous: (() => void) | null;
  readonly next: (() => void) | null;
  readonly back: () => void;
}

/** From photo to photo in the list that the address names, and back to it. */
function useWays(collection: string): Ways {
  const list = usePhotoList();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const text = query.get("at") ?? "";
  const place = /^\d{1,8}$/u.test(text) ? Number(text) : null;
  const near = place ?? 0;
  const photos = usePhotos(collection, list, { first: Math.max(0, near - 1), last: near + 2 });
  const to = (other: number): (() => void) | null => {
    const photo = place === null || other < 0 ? null : photos.at(other);
    if (!photo) return null;
    const address = `/app/c/${collection}/photos/${photo.id}${addressOf(list, { at: other })}`;
    return () => void navigate(address, { replace: true });
  };
  const after = photos.at(near + 1)?.id;
  useEffect(() => {
    // The picture alone: that is no look at who is in it.
    if (place === null || after === undefined) return;
    new Image().src = linkTo("getThumbnail", { collection, photo: after, size: "large" });
  }, [collection, place, after]);
  return {
    place,
    total: photos.total,
    previous: to(near - 1),
    next: to(near + 1),
    back: () => {
      const state = place === null ? null : { at: place };
      void navigate(`/app/c/${collection}/photos${addressOf(list)}`, { state });
    },
  };
}

function ToAll() {
  const { viewer: words } = useWords(library);
  const { id } = useCollection();
  return (
    <Link className="button second slim" to={`/app/c/${id}/photos`}>
      {words.all}
    </Link>
  );
}

function WaysRow({ ways }: { readonly ways: Ways }) {
  const { viewer: words } = useWords(library);
  const { place, total, previous, next } = ways;
  if (place === null) return <ToAll />;
  return (
    <div className="row ways">
      {total === null ? null : <span className="quiet small">{words.of(place + 1, total)}</span>}
      <button
        type="button"
        className="button second slim"
        disabled={!previous}
        onClick={() => previous?.()}
      >
        {words.previous}
      </button>
      <button
        type="button"
        className="button second slim"
        disabled={!next}
        onClick={() => next?.()}
      >
        {words.next}
      </button>
      <button type="button" className="button second slim" onClick={ways.back}>
        {words.all}
      </button>
    </div>
  );
}
