/** A stretch of time, in seconds. */
interface Part {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** The shortest part is still to be seen: this share of the whole. */
const PART_SHARE_MIN = 0.005;

/** Where parts lie along a whole of so many seconds; what it says is said beside it in words. */
export function StripLine(of: {
  readonly seconds: number;
  readonly parts: readonly Part[];
  readonly chosen: string | null;
}) {
  const seconds = Math.max(0.1, of.seconds);
  return (
    <svg
      className="strip-line"
      viewBox={`0 0 ${seconds} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect className="strip-whole" width={seconds} height="1" />
      {of.parts.map(({ key, from, to }) => (
        <rect
          key={key}
          className={key === of.chosen ? "strip-part chosen" : "strip-part"}
          x={from}
          width={Math.max(to - from, seconds * PART_SHARE_MIN)}
          height="1"
        />
      ))}
    </svg>
  );
}
