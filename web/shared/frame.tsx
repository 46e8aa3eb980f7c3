import type { ReactNode } from "react";
import { LanguageChoice } from "./language.tsx";

/** What stands around every page. */
export function Frame(of: {
  readonly children: ReactNode;
  readonly beside?: ReactNode;
  readonly wide?: boolean;
}) {
  return (
    <>
      <header className="top">
        <div className="top-inner">
          <span className="brand">Assent</span>
          {of.beside}
          <LanguageChoice />
        </div>
      </header>
      <main className={of.wide === true ? "wide" : ""}>{of.children}</main>
    </>
  );
}
