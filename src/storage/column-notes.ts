/** What a column says, in the words of a record of processing (R18). */
export interface ColumnNote {
  /**
   * `technical` and `operator` say nothing of a subject; `pseudonym` is an id or a keyed digest of
   * one; `place` is a face's place in a photo and `sighting` whose it is taken for.
   */
  readonly category:
    | "technical"
    | "operator"
    | "key"
    | "pseudonym"
    | "identity"
    | "consent"
    | "biometric"
    | "photo"
    | "place"
    | "sighting"
    | "record";
  /** What it is kept for. */
  readonly purpose:
    | "run the instance"
    | "state the collection's rules"
    | "know who the person is"
    | "prove consent"
    | "seal what is personal"
    | "find the person"
    | "make the template anew"
    | "keep the collection"
    | "let people sign in"
    | "write to people"
    | "account for what was done";
  /**
   * When it goes, at the latest. `grant end`: withdrawal, expiry or erasure, whichever is first.
   * `account`: with the account of whoever works for the operator. `expiry`: within days, by itself.
   */
  readonly retention:
    | "instance"
    | "collection"
    | "photo"
    | "grant end"
    | "erasure"
    | "account"
    | "expiry";
  /**
   * What erasing a subject does to it in their rows: the row goes, it becomes null, it is set to
   * say so, or it stays as it is.
   */
  readonly erasure: "row deleted" | "cleared" | "updated" | "stays";
  /** Whether a person's own export has it, opened where it is sealed. */
  readonly exported: boolean;
}

export const technical: ColumnNote = {
  category: "technical",
  purpose: "run the instance",
  retention: "instance",
  erasure: "stays",
  exported: false,
};

export const rule: ColumnNote = {
  ...technical,
  category: "operator",
  purpose: "state the collection's rules",
  retention: "collection",
  exported: true,
};

export const identity: ColumnNote = {
  category: "identity",
  purpose: "know who the person is",
  retention: "erasure",
  erasure: "cleared",
  exported: true,
};

/** The bare fact that a consent was given, and its dates: the proof that outlives the person. */
export const consent: ColumnNote = {
  category: "consent",
  purpose: "prove consent",
  retention: "instance",
  erasure: "stays",
  exported: true,
};

export const key: ColumnNote = {
  category: "key",
  purpose: "seal what is personal",
  retention: "erasure",
  erasure: "row deleted",
  exported: false,
};

export const instanceKey: ColumnNote = {
  category: "key",
  purpose: "run the instance",
  retention: "instance",
  erasure: "stays",
  exported: false,
};

/** What somebody wants hidden stays hidden, whoever asked for it. */
export const objection: ColumnNote = {
  category: "record",
  purpose: "account for what was done",
  retention: "photo",
  erasure: "stays",
  exported: true,
};

export const template: ColumnNote = {
  category: "technical",
  purpose: "find the person",
  retention: "grant end",
  erasure: "row deleted",
  exported: true,
};

export const enrolmentPhoto: ColumnNote = {
  category: "technical",
  purpose: "make the template anew",
  retention: "erasure",
  erasure: "row deleted",
  exported: true,
};

/** Photos and the faces in them belong to the collection, whoever is pictured. */
export const photo: ColumnNote = {
  category: "photo",
  purpose: "keep the collection",
  retention: "photo",
  erasure: "stays",
  exported: false,
};

export const sighting: ColumnNote = {
  category: "sighting",
  purpose: "find the person",
  retention: "erasure",
  erasure: "row deleted",
  exported: true,
};

export const record: ColumnNote = {
  category: "record",
  purpose: "account for what was done",
  retention: "instance",
  erasure: "stays",
  exported: true,
};

/** What a search was made with, where it is kept for some days: it goes with whoever it may show. */
export const probe: ColumnNote = {
  ...record,
  category: "photo",
  retention: "expiry",
  erasure: "row deleted",
  exported: false,
};

/** Of the people who work for the operator: they are no subjects. */
export const staff: ColumnNote = {
  category: "operator",
  purpose: "let people sign in",
  retention: "account",
  erasure: "stays",
  exported: false,
};

/** How a person signs in, and what is written to them: theirs, and gone with them. */
export const signIn: ColumnNote = {
  category: "technical",
  purpose: "let people sign in",
  retention: "erasure",
  erasure: "row deleted",
  exported: false,
};

export const pseudonym = { category: "pseudonym" } as const;
