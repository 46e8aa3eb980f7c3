import { memo, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { linkTo } from "../service.ts";
import { library } from "../texts/library.ts";
import { addressOf, type Photo, type PhotoList } from "./photo-list.ts";

/** One photo of a grid, as a link to itself; grey until it is known. */
export const Tile = memo(function Tile(of: {
  readonly place: number;
  readonly total: number;
  readonly photo: Photo | null;
  readonly list: PhotoList;
  readonly collection: string;
  /** Whether Tab stops here. */
  readonly isStop: boolean;
  /** Where it stands in the grid, and how large, in CSS pixels. */
  readonly left: number;
  readonly top: number;
  readonly side: number;
}) {
  const { photos: words } = useWords(library);
  const language = useLanguage();
  const { photo, place } = of;
  const { left, top, side } = of;
  const style = { left, top, width: side, height: side };
  if (photo === null) return <li className="tile" aria-hidden="true" style={style} />;
  const when = photo.takenAt === null ? words.undated : showDay(photo.takenAt, language);
  const stands = photo.problem !== null ? words.problem : photo.pending ? words.pending : null;
  const mark = [photo.kind === "video" ? words.video : null, stands].filter(Boolean).join(", ");
  return (
    <li className="tile" style={style} aria-setsize={of.total} aria-posinset={place + 1}>
      <Link
        to={`/app/c/${of.collection}/photos/${photo.id}${addressOf(of.list, { at: place })}`}
        tabIndex={of.isStop ? 0 : -1}
        data-place={place}
        aria-label={[words.tile(place + 1, when, photo.faces), mark].filter(Boolean).join(", ")}
        onClick={() => remember(place)}
      >
        {photo.withheld ? (
          <span className="tile-words">{words.withheld}</span>
        ) : (
          <Picture
            address={linkTo("getThumbnail", { collection: of.collection, photo: photo.id })}
          />
        )}
        {mark === "" ? null : <span className="tile-mark">{mark}</span>}
      </Link>
    </li>
  );
});

/** The way back leads to this very tile: the router reads the entry's state under `usr`. */
function remember(at: number): void {
  history.replaceState({ ...(history.state as object | null), usr: { at } }, "");
}

const TRIES_MAX = 3;
const AGAIN_MS = 2000;

/**
 * A picture; one that did not come is asked for again a few times: the service may be busy.
 *
 * [Note: drawn tiles] It is decoded once and drawn, not shown as an image: a browser keeps what it
 * decoded of up to a thousand images that nobody sees any more, which was half of the page's
 * memory. What is drawn goes when its tile goes.
 */
function Picture({ address }: { readonly address: string }) {
  const { photos: words } = useWords(library);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [tries, setTries] = useState({ count: 0, failed: false });
  const { count, failed } = tries;
  useEffect(() => {
    if (!canvas.current) return;
    const stop = new AbortController();
    draw(canvas.current, address, stop.signal).catch(() => {
      if (!stop.signal.aborted) setTries({ count: count + 1, failed: true });
    });
    return () => stop.abort();
  }, [address, count, failed]);
  useEffect(() => {
    if (!failed || count >= TRIES_MAX) return;
    const timer = setTimeout(() => setTries({ count, failed: false }), AGAIN_MS * count);
    return () => clearTimeout(timer);
  }, [failed, count]);
  if (failed) return <span className="tile-words">{count < TRIES_MAX ? "" : words.missing}</span>;
  return <canvas ref={canvas} />;
}

/** Asks for a picture, and draws it; those in view are asked for before those beyond it. */
async function draw(canvas: HTMLCanvasElement, address: string, signal: AbortSignal) {
  const priority = isInView(canvas) ? "auto" : "low";
  const response = await fetch(address, { signal, priority });
  if (!response.ok) throw new Error(`The picture was answered with ${response.status}.`);
  const picture = await createImageBitmap(await response.blob());
  if (!signal.aborted) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
    canvas.dataset["drawn"] = "";
  }
  picture.close();
}

function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
