const KEPT = "assent-checkpoint";

/** What this browser remembers of the record: its state when it last looked, and who signed it. */
export interface Kept {
  readonly note: string;
  readonly keys: readonly string[];
}

/** The state that was kept here last; null where there is none, or it can't be read. */
export function readKept(): Kept | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    return isKept(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Keeps a state that was found to follow from the one before. */
export function keep(kept: Kept): void {
  localStorage.setItem(KEPT, JSON.stringify(kept));
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === "object" &&
    value !== null &&
    "note" in value &&
    typeof value.note === "string" &&
    "keys" in value &&
    Array.isArray(value.keys) &&
    value.keys.every((key) => typeof key === "string")
  );
}
