import { type Box, overlap } from "../base/geometry.ts";
import type { Embedding } from "../faces/face.ts";
import { cosine } from "../faces/similarity.ts";

/** A face in a frame, as it is looked at for a copy. `box` is in 0..1 of the upright frame. */
export interface FrameFace {
  readonly box: Box;
  /** Null for a face too poor to embed. It is the tracker's from then on, which wipes it. */
  readonly embedding: Embedding | null;
}

/** A face of a track, without its vector: how alike it is to each person who is to be shown. */
export interface TrackedFace {
  readonly frame: number;
  readonly at: number;
  readonly box: Box;
  /** One cosine a person, in their order; null for a face too poor to embed. */
  readonly likeness: readonly number[] | null;
}

/** One face through time: frames in order, some may be missing between two. */
export interface FaceTrack {
  readonly faces: readonly TrackedFace[];
  /** A few vectors of it, to recognise it by once it is covered. Wiped by whoever ends the copy. */
  readonly samples: readonly Embedding[];
}

/** A face that is not found for longer than this is another track when it comes back. */
const GAP_SECONDS_MAX = 0.7;

/** How much of two boxes of one face must be common where nothing else speaks for it. */
const OVERLAP_MIN = 0.5;

/** And where both are of one person by their vectors: faces slide within a gap. */
const OVERLAP_SAME_MIN = 0.1;

/** Vectors kept of a track: its first, and others far from those kept (another turn of the head). */
const SAMPLES_MAX = 4;
const SAMPLE_LIKENESS_MAX = 0.85;

/** Vectors kept of a video: 8 MB at 256 numbers. Tracks after that are told by place alone. */
const SAMPLES_ALL_MAX = 8_000;

interface OpenTrack {
  readonly faces: TrackedFace[];
  readonly samples: Embedding[];
  last: { readonly at: number; readonly box: Box };
  embedding: Embedding | null;
}

/**
 * Links the faces of a video's frames into tracks: by place, and never across two people whose
 * vectors differ, so that somebody who takes another's place in a cut begins a track of their own.
 */
export class FaceTracker {
  readonly #people: readonly (readonly Embedding[])[];
  readonly #samePerson: number;
  readonly #open = new Set<OpenTrack>();
  readonly #done: FaceTrack[] = [];
  #samples = 0;

  /** `people` are references of those to be shown; `samePerson` is a pack's threshold. */
  constructor(people: readonly (readonly Embedding[])[], samePerson: number) {
    this.#people = people;
    this.#samePerson = samePerson;
  }

  /** Adds the faces of the next frame. */
  add(frame: number, at: number, faces: readonly FrameFace[]): void {
    for (const track of this.#open) if (at - track.last.at > GAP_SECONDS_MAX) this.#close(track);
    const free = new Set(this.#open);
    const left = new Set(faces);
    for (const { face, track } of this.#links(faces)) {
      if (!left.has(face) || !free.has(track)) continue;
      left.delete(face);
      free.delete(track);
      this.#extend(track, { frame, at, face });
    }
    for (const face of left) {
      const track = { faces: [], samples: [], last: { at, box: face.box }, embedding: null };
      this.#open.add(track);
      this.#extend(track, { frame, at, face });
    }
  }

  /** All tracks, once there are no more frames. */
  finish(): readonly FaceTrack[] {
    for (const track of this.#open) this.#close(track);
    return this.#done;
  }

  /** What may belong together, the surest first. */
  #links(faces: readonly FrameFace[]) {
    return faces
      .flatMap((face) => [...this.#open].map((track) => ({ face, track })))
      .map(({ face, track }) => ({ face, track, score: this.#linkScore(face, track) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score);
  }

  #linkScore({ box, embedding }: FrameFace, track: OpenTrack): number {
    const common = overlap(box, track.last.box);
    if (!embedding || !track.embedding) return common >= OVERLAP_MIN ? common : 0;
    const likeness = cosine(embedding, track.embedding);
    return likeness >= this.#samePerson && common >= OVERLAP_SAME_MIN ? 1 + likeness : 0;
  }

  #extend(
    track: OpenTrack,
    { frame, at, face }: { frame: number; at: number; face: FrameFace },
  ): void {
    const { box, embedding } = face;
    const likeness =
      embedding &&
      this.#people.map((references) =>
        Math.max(-1, ...references.map((reference) => cosine(embedding, reference))),
      );
    track.faces.push({ frame, at, box, likeness });
    track.last = { at, box };
    if (!embedding) return;
    this.#sample(track, embedding);
    track.embedding?.fill(0);
    track.embedding = embedding;
  }

  #sample(track: OpenTrack, embedding: Embedding): void {
    const { samples } = track;
    if (samples.length >= SAMPLES_MAX || this.#samples >= SAMPLES_ALL_MAX) return;
    if (samples.some((sample) => cosine(sample, embedding) > SAMPLE_LIKENESS_MAX)) return;
    samples.push(embedding.slice());
    this.#samples += 1;
  }

  #close(track: OpenTrack): void {
    track.embedding?.fill(0);
    this.#open.delete(track);
    this.#done.push({ faces: track.faces, samples: track.samples });
  }
}
