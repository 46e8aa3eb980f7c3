import { useEffect, useState } from "react";
import { useWords } from "../../shared/words.ts";
import { linkTo } from "../service.ts";
import { search } from "../texts/search.ts";

/** A place in a photo, in 0..1. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Hair and chin belong to a face, and a box ends at the brows: so much of it is shown around. */
const AROUND = 0.45;

/** One face of a picture, cut out by the view alone: what is beside it is not shown. */
export function FaceCut(of: { readonly href: string; readonly box: Place; readonly alt: string }) {
  const { face } = useWords(search);
  const aspect = useAspect(of.href);
  if (aspect === null || aspect === "missing") {
    return (
      <div className="face-cut gone" role="img" aria-label={of.alt}>
        <span className="quiet small">{aspect === null ? "…" : face.missing}</span>
      </div>
    );
  }
  const { box } = of;
  // A picture is one high and as wide as its aspect: a box is square in it where it was before.
  const side = Math.max(box.width * aspect, box.height) * (1 + 2 * AROUND);
  const x = (box.x + box.width / 2) * aspect - side / 2;
  const y = box.y + box.height / 2 - side / 2;
  return (
    <svg
      className="face-cut"
      role="img"
      aria-label={of.alt}
      viewBox={`${x} ${y} ${side} ${side}`}
      preserveAspectRatio="xMidYMid slice"
    >
      <image href={of.href} width={aspect} height={1} preserveAspectRatio="none" />
    </svg>
  );
}

/** Where a face of a collection is seen. */
interface Seen {
  readonly photo: string;
  readonly box: Place;
  readonly track: { readonly at: number } | null;
}

/** A face of a photo of a collection, or of a video where it is seen best. */
export function PhotoFace(of: {
  readonly collection: string;
  readonly seen: Seen;
  readonly alt: string;
}) {
  const { collection, seen, alt } = of;
  const { photo, box, track } = seen;
  const when = track === null ? {} : { at: track.at.toFixed(3) };
  const href = linkTo("getThumbnail", { collection, photo, size: "large", ...when });
  return <FaceCut href={href} box={box} alt={alt} />;
}

/** A picture's width over its height; null until it is there. */
function useAspect(href: string): number | "missing" | null {
  const [known, setKnown] = useState<{ href: string; aspect: number | "missing" } | null>(null);
  useEffect(() => {
    const picture = new Image();
    picture.addEventListener("load", () =>
      setKnown({ href, aspect: picture.naturalWidth / picture.naturalHeight }),
    );
    picture.addEventListener("error", () => setKnown({ href, aspect: "missing" }));
    picture.src = href;
  }, [href]);
  return known?.href === href ? known.aspect : null;
}
