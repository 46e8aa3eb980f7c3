import { assert } from "../base/errors.ts";
import type { GrantId, SubjectId, TemplateId } from "../base/ids.ts";
import type { ScanCrew } from "./gallery/crew.ts";
import { mergeFound } from "./gallery/found.ts";
import { scanBlocks } from "./gallery/kernel.ts";
import { CANDIDATES_MAX, PROBES_MAX } from "./gallery/layout.ts";
import { assertUnit } from "./gallery/quantise.ts";
import { type Membership, Roster } from "./gallery/roster.ts";
import { type Recording, TemplateMemory } from "./gallery/template-memory.ts";

/** A template and whose it is. `vector` is of unit length; the gallery copies it. */
export interface GalleryRow extends Membership {
  readonly vector: Float32Array;
}

/** A subject that a probe resembles. `score` is the cosine with their best template. */
export interface Candidate {
  readonly subject: SubjectId;
  readonly grant: GrantId;
  readonly template: TemplateId;
  readonly score: number;
}

/**
 * Work from which waking other threads pays, in bytes of codes times probes (measured: two threads
 * break even at about 10,000 rows of 256 dimensions, and are surely ahead at twice that).
 */
const SHARED_WORK_MIN = 20_000 * 256;

/**
 * The live templates of one collection, made by one model pack, in memory: searched exactly
 * ([Note: exact scan] in gallery/quantise.ts) and changed at once. It knows nothing of databases
 * and nothing of consent but the byte beside each row, which the scan itself tests: a hidden row
 * is never recorded, a removed one is zeros before `remove` returns.
 *
 * `search` runs on the calling thread to its end, so no search ever sees half a change. Vectors
 * handed in stay the caller's, to wipe after use; the gallery wipes its own copies of probes
 * before it returns. Bytes held: about 1.3 KB a template of 256 dimensions, and its ids.
 */
export class Gallery implements Disposable {
  readonly templateSize: number;
  readonly #memory: TemplateMemory;
  #roster = new Roster();
  readonly #helpers: (() => ScanCrew | null) | null;
  /** The crew that knows this gallery's memory, and by which number. */
  #crew: { readonly crew: ScanCrew; readonly number: number } | null = null;
  #disposed = false;

  /**
   * An empty gallery for templates of so many dimensions (a multiple of 16 up to 512). Large ones
   * are scanned with the help of the crew that `helpers` gives for each such scan, if it gives one:
   * always the same. `memory` is for tests that look at it.
   */
  constructor(
    templateSize: number,
    { helpers, memory = new TemplateMemory(templateSize) }: GalleryOptions = {},
  ) {
    assert(memory.layout.templateSize === templateSize, "The memory is for other templates");
    this.templateSize = templateSize;
    this.#memory = memory;
    this.#helpers = helpers ?? null;
  }

  /** Templates held, hidden ones included. */
  get size(): number {
    return this.#roster.size;
  }

  /** True when a template of this subject is held, hidden or not. */
  has(subject: SubjectId): boolean {
    return this.#roster.has(subject);
  }

  /**
   * Adds a template. It can be found from now on, unless its grant is hidden: then it is hidden
   * too. Throws SearchError `gallery_full`.
   */
  add(row: GalleryRow): void {
    this.#assertOpen();
    assertUnit(row.vector, this.templateSize);
    const [sibling] = this.#roster.rowsOfGrant(row.grant);
    const visible = sibling === undefined || this.#memory.isVisible(sibling);
    const { template, subject, grant } = row;
    this.#memory.reserve(this.#roster.size + 1);
    const place = this.#roster.add({ template, subject, grant });
    this.#memory.write(place, this.#roster.ownerOf(place), row.vector);
    this.#memory.setVisible(place, visible);
  }

  /** Hides a grant's templates from the next search on. Returns how many there are. */
  hide(grant: GrantId): number {
    return this.#setVisible(grant, false);
  }

  /** Lets a grant's templates be found again. Returns how many there are. */
  show(grant: GrantId): number {
    return this.#setVisible(grant, true);
  }

  /** Overwrites a grant's templates with zeros and forgets them. Returns how many there were. */
  remove(grant: GrantId): number {
    this.#assertOpen();
    const [first] = this.#roster.rowsOfGrant(grant);
    if (first === undefined) return 0;
    const { subject } = this.#roster.memberOf(first);
    const rows = this.#roster.remove(grant);
    for (const row of rows) this.#memory.wipe(row);
    for (const row of this.#roster.rowsOfSubject(subject)) {
      this.#memory.setOwner(row, this.#roster.ownerOf(row));
    }
    return rows.length;
  }

  /**
   * The subjects that resemble a unit vector most, each by their best visible template, best
   * first: exactly those that comparing every template in float64 would give. Which of
   * several subjects with the very same score come first, or are cut off, is not said.
   */
  search(probe: Float32Array, recording: Recording): readonly Candidate[] {
    return this.searchMany([probe], recording)[0] ?? [];
  }

  /** `search` for several probes, such as the faces of a group photo, in one pass over memory. */
  searchMany(
    probes: readonly Float32Array[],
    recording: Recording,
  ): readonly (readonly Candidate[])[] {
    this.#assertOpen();
    assert(
      recording.limit >= 1 && recording.limit <= CANDIDATES_MAX,
      "A limit of 1 to 100 subjects",
    );
    for (const probe of probes) assertUnit(probe, this.templateSize);
    const results: (readonly Candidate[])[] = [];
    for (let start = 0; start < probes.length; start += PROBES_MAX) {
      results.push(...this.#pass(probes.slice(start, start + PROBES_MAX), recording));
    }
    return results;
  }

  /** Overwrites everything with zeros. The gallery can't be used any more. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#memory.wipeAll();
    this.#roster = new Roster();
    this.#crew?.crew.detach(this.#crew.number);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #setVisible(grant: GrantId, visible: boolean): number {
    this.#assertOpen();
    const rows = this.#roster.rowsOfGrant(grant);
    for (const row of rows) this.#memory.setVisible(row, visible);
    return rows.length;
  }

  #pass(probes: readonly Float32Array[], recording: Recording): (readonly Candidate[])[] {
    try {
      const lanes = this.#scanTogether(probes, recording) ?? this.#scanAlone(probes, recording);
      return probes.map((_, index) => {
        const found = lanes.flatMap((lane) => this.#memory.found(index, lane));
        return mergeFound(found, recording.limit).map(({ row, score }) => {
          const { subject, grant, template } = this.#roster.memberOf(row);
          return { subject, grant, template, score };
        });
      });
    } finally {
      this.#memory.wipeProbes();
    }
  }

  #scanAlone(probes: readonly Float32Array[], recording: Recording): readonly number[] {
    this.#memory.writeProbes(probes, recording);
    let block = 0;
    const next = (): number => block++;
    this.#scan(probes, { lane: 0, next });
    return [0];
  }

  /** Null where no other thread is worth waking, or one was lost on the way. */
  #scanTogether(probes: readonly Float32Array[], recording: Recording): readonly number[] | null {
    const rows = this.#roster.reach;
    if (rows * this.templateSize * probes.length < SHARED_WORK_MIN) return null;
    const crew = this.#helpers?.();
    if (!crew) return null;
    this.#crew ??= { crew, number: crew.attach(this.#memory.memory, this.templateSize) };
    this.#memory.writeProbes(probes, recording);
    const { number } = this.#crew;
    const task = { rows, probes: probes.length };
    return crew.scan(number, task, (next) => this.#scan(probes, { lane: 0, next }));
  }

  #scan(
    probes: readonly Float32Array[],
    shares: { readonly lane: number; readonly next: () => number },
  ): void {
    const task = { rows: this.#roster.reach, probes: probes.length };
    scanBlocks(this.#memory.kernel, this.#memory.layout, task, shares);
  }

  #assertOpen(): void {
    assert(!this.#disposed, "The gallery has been disposed of");
  }
}

interface GalleryOptions {
  readonly helpers?: (() => ScanCrew | null) | undefined;
  readonly memory?: TemplateMemory;
}
