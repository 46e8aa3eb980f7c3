/** A text to be read or printed, without its looks: rendered as HTML and as PDF from one source. */
export interface Document {
  readonly title: string;
  /** BCP 47, for readers of screens and for hyphens. */
  readonly language: string;
  readonly blocks: readonly Block[];
}

/** A piece of a document, from top to bottom. Texts are plain: nothing in them is markup. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string; readonly look?: "large" | "small" }
  | { readonly kind: "list"; readonly items: readonly string[] }
  /** Labels with their values, one a line. */
  | { readonly kind: "facts"; readonly rows: readonly (readonly [label: string, value: string])[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** Long strings that are copied rather than read: hashes, signed documents. */
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "qr"; readonly text: string; readonly caption: string }
  | { readonly kind: "page_break" };
