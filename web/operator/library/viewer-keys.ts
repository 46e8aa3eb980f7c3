import { useEffect, useState } from "react";

const KEPT = "assent-keys";

/** What keys do, by their names; null: nothing for now. */
export type KeyTable = Readonly<Record<string, (() => void) | null>>;

/** Whether single keys act. Who speaks to their computer, or types by accident, switches them off. */
export function useKeyChoice(): { readonly on: boolean; readonly choose: (on: boolean) => void } {
  const [on, setOn] = useState(() => localStorage.getItem(KEPT) !== "off");
  const choose = (wanted: boolean): void => {
    localStorage.setItem(KEPT, wanted ? "on" : "off");
    setOn(wanted);
  };
  return { on, choose };
}

/** Has keys act anywhere on the screen but where one types or chooses, or a dialog is open. */
export function useKeys(on: boolean, table: KeyTable): void {
  useEffect(() => {
    if (!on) return;
    const act = (event: KeyboardEvent): void => {
      const action = Object.hasOwn(table, event.key) ? table[event.key] : null;
      if (!action || isTaken(event)) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", act);
    return () => document.removeEventListener("keydown", act);
  }, [on, table]);
}

function isTaken({ target, ctrlKey, altKey, metaKey, defaultPrevented }: KeyboardEvent): boolean {
  if (ctrlKey || altKey || metaKey || defaultPrevented) return true;
  if (document.querySelector("dialog[open]")) return true;
  return target instanceof Element && target.closest("input, select, textarea, video") !== null;
}
