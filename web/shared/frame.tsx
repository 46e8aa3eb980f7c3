import type { ReactNode } from "react";
import { LanguageChoice } from "./language.tsx";

/** What stands around every page. */
export function Frame(of: {
  readonly children: ReactNode;
  readonly beside?: ReactNode;
  readonly wide?: boolean;
}) {
  return (
    <div className={of.wide === true ? "wide" : ""}>
      <header className="top">
        <div className="top-inner">
          <span className="brand">Assent</span>
          {of.beside}
          <LanguageChoice />
        </div>
      </header>
      <main>{of.children}</main>
    </div>
  );
}
