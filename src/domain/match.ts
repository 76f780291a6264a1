import { VestibuleError } from './errors.js';

/** One stored vector of a person. */
export interface GalleryEntry {
  readonly personId: string;
  /** Unit vector. */
  readonly vector: Float32Array;
}

/** A vector to compare, with the hash of the pack that made it. */
export interface Probe {
  readonly vector: Float32Array;
  /** `sha256:` + 64 hex digits. */
  readonly modelHash: string;
}

export interface Candidate {
  readonly personId: string;
  /** Cosine similarity, -1 to 1. */
  readonly score: number;
}

/** The most similar person and the most similar other person. Absent: there is nobody (else) to compare with. */
export interface Candidates {
  readonly best?: Candidate;
  readonly second?: Candidate;
}

/** All vectors of one model pack, laid out for comparison. Immutable: build another one when templates change. */
export class Gallery {
  readonly modelHash: string;
  readonly dim: number;
  readonly #vectors: Float32Array;
  /** Row at which each person's vectors begin, one more than there are persons. */
  readonly #firstRow: Int32Array;
  readonly #personIds: readonly string[];
  readonly #indexOf: ReadonlyMap<string, number>;

  /**
   * @param options hash and vector length of the pack, and one entry for each stored vector
   * @throws VestibuleError `pack_mismatch` when a vector has another length
   */
  constructor(options: { modelHash: string; dim: number; entries: readonly GalleryEntry[] }) {
    this.modelHash = options.modelHash;
    this.dim = options.dim;
    const byPerson = new Map<string, Float32Array[]>();
    for (const { personId, vector } of options.entries) {
      this.#checkLength(vector.length);
      const own = byPerson.get(personId);
      if (own === undefined) byPerson.set(personId, [vector]);
      else own.push(vector);
    }
    this.#personIds = [...byPerson.keys()];
    this.#indexOf = new Map(this.#personIds.map((id, index) => [id, index]));
    this.#vectors = new Float32Array(options.entries.length * this.dim);
    this.#firstRow = new Int32Array(this.#personIds.length + 1);
    let row = 0;
    this.#personIds.forEach((id, index) => {
      this.#firstRow[index] = row;
      for (const vector of byPerson.get(id) ?? []) this.#vectors.set(vector, row++ * this.dim);
    });
    this.#firstRow[this.#personIds.length] = row;
  }

  /** Number of persons. */
  get size(): number {
    return this.#personIds.length;
  }

  /**
   * Compares with every person (1:N); a person's score is that of the nearest of his vectors.
   * A probe that is not a number anywhere has no candidates.
   * @throws VestibuleError `pack_mismatch` when the probe is of another model
   */
  identify(probe: Probe): Candidates {
    this.#check(probe);
    let best = -1;
    let second = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    let secondScore = Number.NEGATIVE_INFINITY;
    const scores = rowScores(this.#vectors, 0, this.#firstRow[this.#personIds.length]!, probe.vector);
    for (let person = 0; person < this.#personIds.length; person++) {
      const score = highest(scores, this.#firstRow[person]!, this.#firstRow[person + 1]!);
      if (score > bestScore) {
        second = best;
        secondScore = bestScore;
        best = person;
        bestScore = score;
      } else if (score > secondScore) {
        second = person;
        secondScore = score;
      }
    }
    return {
      ...(best >= 0 && { best: { personId: this.#personIds[best]!, score: bestScore } }),
      ...(second >= 0 && { second: { personId: this.#personIds[second]!, score: secondScore } }),
    };
  }

  /**
   * Compares with one person (1:1).
   * @returns cosine similarity; undefined for an unknown person or a probe without direction
   * @throws VestibuleError `pack_mismatch` when the probe is of another model
   */
  verify(personId: string, probe: Probe): number | undefined {
    this.#check(probe);
    const person = this.#indexOf.get(personId);
    if (person === undefined) return undefined;
    const first = this.#firstRow[person]!;
    const end = this.#firstRow[person + 1]!;
    const score = highest(rowScores(this.#vectors, first, end, probe.vector), 0, end - first);
    return score === Number.NEGATIVE_INFINITY ? undefined : score;
  }

  #check(probe: Probe): void {
    if (probe.modelHash !== this.modelHash)
      throw new VestibuleError('pack_mismatch', 'A face was measured by another model pack than the enrolled ones.', {
        context: { enrolled: this.modelHash, measured: probe.modelHash },
      });
    this.#checkLength(probe.vector.length);
  }

  #checkLength(length: number): void {
    if (length !== this.dim)
      throw new VestibuleError('pack_mismatch', `A face vector has ${length} numbers where ${this.dim} are expected.`);
  }
}

/**
 * Dot products of the rows `first` to `end` and the probe. Four rows at a time: each number of the probe is fetched
 * once for four products, and four independent sums keep the processor busy.
 */
function rowScores(rows: Float32Array, first: number, end: number, probe: Float32Array): Float64Array {
  const dim = probe.length;
  const wide = Float64Array.from(probe);
  const scores = new Float64Array(end - first);
  const blocks = scores.length - (scores.length % 4);
  let row = 0;
  for (; row < blocks; row += 4) {
    const r0 = (first + row) * dim;
    const r1 = r0 + dim;
    const r2 = r1 + dim;
    const r3 = r2 + dim;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dim; i++) {
      const p = wide[i]!;
      a += rows[r0 + i]! * p;
      b += rows[r1 + i]! * p;
      c += rows[r2 + i]! * p;
      d += rows[r3 + i]! * p;
    }
    scores[row] = a;
    scores[row + 1] = b;
    scores[row + 2] = c;
    scores[row + 3] = d;
  }
  for (; row < scores.length; row++) {
    const r0 = (first + row) * dim;
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += rows[r0 + i]! * wide[i]!;
    scores[row] = sum;
  }
  return scores;
}

/** The highest score from `first` up to `end`; minus infinity when none is a number. */
function highest(scores: Float64Array, first: number, end: number): number {
  let nearest = Number.NEGATIVE_INFINITY;
  for (let row = first; row < end; row++) if (scores[row]! > nearest) nearest = scores[row]!;
  return nearest;
}

/** What one comparison against the gallery says. */
export type MatchVerdict =
  | { readonly kind: 'match'; readonly personId: string; readonly score: number }
  | { readonly kind: 'no_match'; readonly score?: number }
  /** The best person is near enough, but another person is nearly as near. */
  | { readonly kind: 'ambiguous_match'; readonly score: number }
  /** Nobody may be searched for at this gallery size. */
  | { readonly kind: 'unavailable' };

/**
 * Accepts the best person when its score reaches the threshold and is `margin` above the second best person's.
 * @param rules both are cosine values; the threshold comes from the calibration, never from a constant
 */
export function decideMatch(
  candidates: Candidates,
  rules: { readonly threshold: number; readonly margin: number },
): MatchVerdict {
  const { best, second } = candidates;
  if (best === undefined) return { kind: 'no_match' };
  if (!(best.score >= rules.threshold)) return { kind: 'no_match', score: best.score };
  if (second !== undefined && best.score - second.score < rules.margin)
    return { kind: 'ambiguous_match', score: best.score };
  return { kind: 'match', personId: best.personId, score: best.score };
}

/**
 * 1:1: accepts the named person when the score reaches the threshold; any other score, or none, is no match.
 * @param score cosine to that person's template; undefined when it could not be compared
 */
export function decideVerification(personId: string, score: number | undefined, threshold: number): MatchVerdict {
  if (score === undefined || !Number.isFinite(score)) return { kind: 'no_match' };
  return score >= threshold ? { kind: 'match', personId, score } : { kind: 'no_match', score };
}
