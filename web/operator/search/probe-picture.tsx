import { useState } from "react";
import { useWords } from "../../shared/words.ts";
import { search as texts } from "../texts/search.ts";
import type { Probe } from "./probe.ts";

/** A label is legible beside a face however large the photo is: a share of its width. */
const LABEL_SHARE = 0.03;

/** The photo searched with, a box around each face; a box is chosen by touch or mouse. */
export function ProbePicture(of: {
  readonly probe: Probe;
  readonly chosen: number | null;
  readonly onChoose: (number: number) => void;
}) {
  const { search: words } = useWords(texts);
  const [hidden, setHidden] = useState(false);
  const { width, height, faces, address } = of.probe;
  const size = width * LABEL_SHARE;
  return (
    <div>
      {hidden ? <p className="note">{words.notShown}</p> : null}
      <svg
        className="picture"
        role="img"
        aria-label={words.probeAlt(faces.length)}
        viewBox={`0 0 ${width} ${height}`}
      >
        <image
          href={address}
          width={width}
          height={height}
          preserveAspectRatio="none"
          onError={() => setHidden(true)}
        />
        {faces.map(({ box }, index) => {
          const number = index + 1;
          const [x, y] = [box.x * width, box.y * height];
          return (
            <g
              key={number}
              className={of.chosen === number ? "face confirmed chosen" : "face proposed"}
              onClick={() => of.onChoose(number)}
            >
              <rect
                className="reach"
                x={x}
                y={y}
                width={box.width * width}
                height={box.height * height}
                rx={size / 3}
                vectorEffect="non-scaling-stroke"
              />
              <text x={x} y={Math.max(size, y - size / 3)} fontSize={size}>
                {number}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
