import { useWords } from "../../shared/words.ts";
import { linkTo } from "../service.ts";
import { library } from "../texts/library.ts";
import type { Viewed, ViewedFace } from "./faces.ts";

/** The photo with a box around each face. Boxes are drawn in the photo's own pixels. */
export function PhotoPicture(of: {
  readonly collection: string;
  readonly photo: Viewed;
  readonly chosen: string | null;
  readonly onChoose: (sighting: string) => void;
  readonly alt: string;
}) {
  const { photos: words } = useWords(library);
  const { photo, collection } = of;
  if (photo.withheld) return <p className="note">{words.withheldMore}</p>;
  const { id, width, height } = photo;
  return (
    <svg className="picture" role="img" aria-label={of.alt} viewBox={`0 0 ${width} ${height}`}>
      <image
        href={linkTo("getThumbnail", { collection, photo: id, size: "large" })}
        width={width}
        height={height}
      />
      {photo.people.map((face, index) => (
        <FaceBox
          key={face.face}
          face={face}
          number={index + 1}
          photo={photo}
          isChosen={face.named.some(({ sighting }) => sighting === of.chosen)}
          onChoose={() => {
            const [first] = face.named;
            if (first) of.onChoose(first.sighting);
          }}
        />
      ))}
    </svg>
  );
}

/** A label is legible beside a face however large the photo is: a share of its width. */
const LABEL_SHARE = 0.03;

function FaceBox(of: {
  readonly face: ViewedFace;
  readonly number: number;
  readonly photo: Viewed;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { face, photo } = of;
  const { width, height } = photo;
  const [x, y] = [face.box.x * width, face.box.y * height];
  const size = width * LABEL_SHARE;
  const state = face.withheld ? "withheld" : (face.named[0]?.state ?? "unknown");
  const name = face.named[0]?.name ?? null;
  return (
    <g className={`face ${state}${of.isChosen ? " chosen" : ""}`} onClick={of.onChoose}>
      <rect
        x={x}
        y={y}
        width={face.box.width * width}
        height={face.box.height * height}
        rx={size / 3}
        vectorEffect="non-scaling-stroke"
      />
      <text x={x} y={Math.max(size, y - size / 3)} fontSize={size}>
        {name === null ? of.number : `${of.number} ${name}`}
      </text>
    </g>
  );
}
