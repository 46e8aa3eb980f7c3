import { assert } from "../../base/errors.ts";
import type { GrantId, SubjectId, TemplateId } from "../../base/ids.ts";
import { IdColumn } from "./id-column.ts";
import { IdIndex } from "./id-index.ts";

/** Whose template a row is. */
export interface Membership {
  readonly template: TemplateId;
  readonly subject: SubjectId;
  readonly grant: GrantId;
}

/** Ends a chain of rows. */
const NONE = -1;

/**
 * Who owns which row. Rows are numbers that are given out again once they are free; a subject's
 * rows are a chain. With a million people, an object for each would take more memory than all that
 * is said of them: about 90 bytes a row.
 */
export class Roster {
  readonly #templates = new IdColumn<TemplateId>();
  readonly #subjects = new IdColumn<SubjectId>();
  readonly #grants = new IdColumn<GrantId>();
  /** The head of each subject's chain. */
  readonly #headOfSubject = new IdIndex(this.#subjects);
  /** Any row of the grant: it leads to the subject and so to the others. */
  readonly #rowOfGrant = new IdIndex(this.#grants);
  /** By row: the next of the same subject. */
  readonly #next: number[] = [];
  readonly #free: number[] = [];

  /** Rows in use. */
  get size(): number {
    return this.#next.length - this.#free.length;
  }

  /** One more than the greatest row number ever given out. */
  get reach(): number {
    return this.#next.length;
  }

  /** True when the subject has a row. */
  has(subject: SubjectId): boolean {
    return this.#headOfSubject.get(subject) !== null;
  }

  /** Gives out a row. A grant is one subject's, and a template is added once: else a bug. */
  add({ template, subject, grant }: Membership): number {
    for (const other of this.rowsOfGrant(grant)) {
      assert(this.#subjects.holds(other, subject), "A grant is one subject's");
      assert(!this.#templates.holds(other, template), "The template is in the gallery already");
    }
    const row = this.#free.pop() ?? this.#next.length;
    this.#templates.set(row, template);
    this.#subjects.set(row, subject);
    this.#grants.set(row, grant);
    const head = this.#headOfSubject.get(subject);
    if (head === null) {
      this.#headOfSubject.set(subject, row);
      this.#next[row] = NONE;
    } else {
      this.#next[row] = this.#next[head] ?? NONE;
      this.#next[head] = row;
    }
    this.#rowOfGrant.set(grant, row);
    return row;
  }

  /**
   * A number that two rows share exactly when they are of one subject. It holds until the
   * subject's next `remove`.
   */
  ownerOf(row: number): number {
    const head = this.#headOfSubject.get(this.#subjects.get(row));
    assert(head !== null, "A row in use has a subject");
    return head;
  }

  /** Whose row this is. */
  memberOf(row: number): Membership {
    return {
      template: this.#templates.get(row),
      subject: this.#subjects.get(row),
      grant: this.#grants.get(row),
    };
  }

  /** Every row of a subject. */
  rowsOfSubject(subject: SubjectId): readonly number[] {
    const rows: number[] = [];
    let row = this.#headOfSubject.get(subject) ?? NONE;
    while (row !== NONE) {
      rows.push(row);
      row = this.#next[row] ?? NONE;
    }
    return rows;
  }

  /** Every row under a grant. */
  rowsOfGrant(grant: GrantId): readonly number[] {
    const row = this.#rowOfGrant.get(grant);
    if (row === null) return [];
    const rows = this.rowsOfSubject(this.#subjects.get(row));
    return rows.filter((one) => this.#grants.holds(one, grant));
  }

  /** Frees every row under a grant and returns them. The subject's others may have a new owner. */
  remove(grant: GrantId): readonly number[] {
    const rows = this.rowsOfGrant(grant);
    const [first] = rows;
    if (first === undefined) return rows;
    const subject = this.#subjects.get(first);
    const kept = this.rowsOfSubject(subject).filter((row) => !rows.includes(row));
    this.#rowOfGrant.delete(grant);
    this.#chain(subject, kept);
    for (const row of rows) {
      this.#templates.clear(row);
      this.#subjects.clear(row);
      this.#grants.clear(row);
      this.#free.push(row);
    }
    return rows;
  }

  #chain(subject: SubjectId, rows: readonly number[]): void {
    const [head] = rows;
    if (head === undefined) this.#headOfSubject.delete(subject);
    else this.#headOfSubject.set(subject, head);
    for (const [index, row] of rows.entries()) this.#next[row] = rows[index + 1] ?? NONE;
  }
}
