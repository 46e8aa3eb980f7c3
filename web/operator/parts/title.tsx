import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** A screen's heading, which takes the focus when another screen led here; `beside` it, what can be done. */
export function Title({
  children,
  beside,
}: {
  readonly children: string;
  readonly beside?: ReactNode;
}) {
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
    <div className="title">
      <h1 ref={ref} tabIndex={-1}>
        {children}
      </h1>
      {beside}
    </div>
  );
}
