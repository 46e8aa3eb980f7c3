import type { ComponentType } from "react";
import type { Language } from "../../shared/language.tsx";

export type Role = "owner" | "staff" | "auditor";

/** Everybody of the operator's. */
export const EVERYBODY: readonly Role[] = ["owner", "staff", "auditor"];
/** Who works with photos and people. */
export const WORKERS: readonly Role[] = ["owner", "staff"];
/** Who answers for the instance, and who checks that they do. */
export const OVERSEERS: readonly Role[] = ["owner", "auditor"];

/** A screen of the operator's side. */
export interface Screen {
  /** Below `/app/c/:collection`, or below `/app`. */
  readonly within: "collection" | "instance";
  /** As react-router reads it: `photos/:photo`; empty: the first screen. */
  readonly path: string;
  /** Loaded when it is opened. */
  readonly load: () => Promise<ComponentType>;
  /** Who sees it. What the service allows whom is the service's matter. */
  readonly who: readonly Role[];
  /** Its name in the navigation; absent: other screens lead to it. */
  readonly name?: (language: Language) => string;
}
