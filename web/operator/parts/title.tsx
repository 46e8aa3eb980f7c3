import { type ReactNode, use, useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { useWords } from "../../shared/words.ts";
import { CollectionContext } from "../collection.tsx";
import { shell } from "../texts/shell.ts";

/**
 * A screen's heading, which takes the focus when another screen led here; `beside` it, what can be
 * done. In a closed collection every screen says that it is.
 */
export function Title({
  children,
  beside,
}: {
  readonly children: string;
  readonly beside?: ReactNode;
}) {
  const { closedMore } = useWords(shell);
  const closed = use(CollectionContext)?.closed === true;
  const ref = useRef<HTMLHeadingElement>(null);
  const { key, pathname } = useLocation();
  // The key that the first address has: nobody came from anywhere.
  const moved = key !== "default";
  useEffect(() => {
    document.title = `${children} · Assent`;
  }, [children]);
  useEffect(() => {
    if (moved) ref.current?.focus();
  }, [pathname, moved]);
  return (
    <>
      <div className="title">
        <h1 ref={ref} tabIndex={-1}>
          {children}
        </h1>
        {beside}
      </div>
      {closed ? <p className="note">{closedMore}</p> : null}
    </>
  );
}
