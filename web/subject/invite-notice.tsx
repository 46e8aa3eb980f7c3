import { useTexts } from "../shared/language.tsx";
import { showLanguage } from "../shared/times.ts";
import type { Asked } from "./invite.tsx";

/** Who asks, what happens in pictures, and the notice in its layers. */
export function Notice(of: {
  readonly asked: Asked;
  readonly onLanguage: (language: string) => void;
}) {
  const { invite } = useTexts();
  const { notice, languages, operator, collection, alternative } = of.asked;
  const others = languages.filter((language) => language !== notice.language);
  return (
    <>
      <p>
        {operator === null ? null : `${invite.from(operator)} `}
        {collection.purpose}
      </p>
      <h2>{invite.happens}</h2>
      <ol className="steps">
        {invite.steps.map((step, index) => (
          <li key={step}>
            <Picture step={index} />
            {step}
          </li>
        ))}
      </ol>
      <section className="card" lang={notice.language}>
        <p className="lines">{notice.short}</p>
        {notice.items.length === 0 ? null : (
          <>
            <h2 lang={document.documentElement.lang}>{invite.more}</h2>
            {notice.items.map(({ item, title, text }) => (
              <details key={item}>
                <summary>{title}</summary>
                <p>{text}</p>
              </details>
            ))}
          </>
        )}
      </section>
      {others.length === 0 ? null : (
        <p className="row small">
          {invite.read}
          {others.map((language) => (
            <button
              key={language}
              type="button"
              className="link"
              lang={language}
              onClick={() => of.onLanguage(language)}
            >
              {showLanguage(language, language)}
            </button>
          ))}
        </p>
      )}
      <div className="note">
        <p>
          <strong>{invite.ifNo}</strong> {invite.ifNoMore}
        </p>
        {alternative === "" ? null : (
          <p>
            {invite.alternative}: {alternative}
          </p>
        )}
      </div>
    </>
  );
}

/** Pictures of what happens; the words beside them say the same. */
function Picture({ step }: { readonly step: number }) {
  return (
    <svg viewBox="0 0 96 64" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2.5">
      {PICTURES[step]}
    </svg>
  );
}

const PICTURES = [
  <g key="face">
    <ellipse cx="30" cy="32" rx="15" ry="20" />
    <path d="M24 28v2M36 28v2M25 41q5 4 10 0M52 32h12m-4-4 4 4-4 4" />
    <rect x="70" y="28" width="18" height="14" rx="3" />
    <path d="M74 28v-4a5 5 0 0 1 10 0v4" />
  </g>,
  <g key="compare">
    <rect x="8" y="12" width="48" height="40" rx="4" />
    <ellipse cx="22" cy="32" rx="6" ry="8" strokeDasharray="3 3" />
    <ellipse cx="42" cy="32" rx="6" ry="8" />
    <path d="M62 32h10m-4-4 4 4-4 4M78 32l4 4 8-9" />
  </g>,
  <g key="stop">
    <rect x="10" y="14" width="34" height="36" rx="4" />
    <path d="M16 42l8-9 6 6 5-5 5 6M62 24h26M62 32h26M62 40h16" />
    <circle cx="27" cy="25" r="3.5" />
  </g>,
];
