import { posix } from 'node:path';
import {
  acceptedPart,
  type RocPoint,
  rocOf,
  type SortedScores,
  sortScores,
  thresholdAtFar,
  verificationOf,
} from '../domain/face-metrics.js';
import { dot, meanUnit } from '../domain/vector.js';
import type { FacePair, PersonImages } from './eval-faces-data.js';

export const FARS = { '1e-2': 1e-2, '1e-3': 1e-3, '1e-4': 1e-4 } as const;
export type FarName = keyof typeof FARS;
type PerFar = Readonly<Record<FarName, number | null>>;

/** Embeddings by image path; a missed face has none. */
export type Embeddings = ReadonlyMap<string, Float32Array | undefined>;

export interface PairReport {
  readonly images: number;
  /** Images without a face that could be embedded. Their pairs count as rejected. */
  readonly missed: number;
  /** Pairs of pairs.csv. */
  readonly nGenuine: number;
  readonly nImpostor: number;
  /** Best accuracy over all thresholds on the pairs of pairs.csv. */
  readonly accuracy: number | null;
  readonly eer: number | null;
  /** Where the thresholds come from. */
  readonly farFrom: 'all pairs of different people among the images' | 'impostor pairs of the file';
  /** Comparisons behind the thresholds. */
  readonly nFar: number;
  /** Accepted part of the genuine pairs of pairs.csv at those thresholds; null where nFar is too small. */
  readonly tarAtFar: PerFar;
  readonly thresholds: PerFar;
  /** Accepted part of all pairs of the same person among the images. */
  readonly tarAtFarAllPairs: PerFar;
  readonly nAllGenuine: number;
}

export interface TemplateReport {
  readonly photos: number;
  readonly people: number;
  readonly nGenuine: number;
  readonly nImpostor: number;
  readonly missed: number;
  readonly tarAtFar: PerFar;
  readonly thresholds: PerFar;
  /** Part of the probes whose best template is their own. */
  readonly rank1: number | null;
}

export const personOf = (image: string): string => posix.dirname(image);

/** All images of the pairs, each once, in the order in which they appear. */
export function imagesOf(pairs: readonly FacePair[]): string[] {
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

/** Folders tell persons apart only when no pair says otherwise. */
export function foldersAreFolk(pairs: readonly FacePair[]): boolean {
  return pairs.every(({ a, b, same }) => same === (personOf(a) === personOf(b)));
}

/** Figures of the pairs, with the scores for a plot. A missed face scores −Infinity: it is rejected. */
export function pairReport(
  pairs: readonly FacePair[],
  embeddings: Embeddings,
): { readonly report: PairReport; readonly roc: readonly RocPoint[] } {
  const score = ({ a, b }: FacePair): number => {
    const left = embeddings.get(a);
    const right = embeddings.get(b);
    return left === undefined || right === undefined ? Number.NEGATIVE_INFINITY : dot(left, right);
  };
  const genuine = sortScores(pairs.filter((pair) => pair.same).map(score));
  const impostor = sortScores(pairs.filter((pair) => !pair.same).map(score));
  const images = imagesOf(pairs);
  const byFolder = foldersAreFolk(pairs);
  const all = byFolder ? allPairs(images, embeddings) : { same: genuine, different: impostor };
  const figures = verificationOf(genuine, impostor);
  const report: PairReport = {
    images: images.length,
    missed: images.filter((image) => embeddings.get(image) === undefined).length,
    nGenuine: genuine.length,
    nImpostor: impostor.length,
    accuracy: figures?.accuracy ?? null,
    eer: figures?.eer ?? null,
    farFrom: byFolder ? 'all pairs of different people among the images' : 'impostor pairs of the file',
    nFar: all.different.length,
    ...ratesAt(genuine, all.different),
    tarAtFarAllPairs: ratesAt(all.same, all.different).tarAtFar,
    nAllGenuine: all.same.length,
  };
  return { report, roc: rocOf(genuine, all.different) };
}

function allPairs(images: readonly string[], embeddings: Embeddings): { same: SortedScores; different: SortedScores } {
  const known = images.flatMap((image) => {
    const vector = embeddings.get(image);
    return vector === undefined ? [] : [{ person: personOf(image), vector }];
  });
  const same: number[] = [];
  const different: number[] = [];
  for (let i = 0; i < known.length; i++)
    for (let j = i + 1; j < known.length; j++)
      (known[i]!.person === known[j]!.person ? same : different).push(dot(known[i]!.vector, known[j]!.vector));
  return { same: sortScores(same), different: sortScores(different) };
}

/** A rate is given only where at least one impostor score lies above it. */
function ratesAt(genuine: SortedScores, impostor: SortedScores): { tarAtFar: PerFar; thresholds: PerFar } {
  const thresholds: Record<string, number | null> = {};
  const tarAtFar: Record<string, number | null> = {};
  for (const [name, far] of Object.entries(FARS)) {
    const threshold = impostor.length * far >= 1 ? thresholdAtFar(impostor, far) : undefined;
    thresholds[name] = threshold ?? null;
    tarAtFar[name] = threshold === undefined || genuine.length === 0 ? null : acceptedPart(genuine, threshold);
  }
  return { tarAtFar: tarAtFar as PerFar, thresholds: thresholds as PerFar };
}

/** The people of the pairs by folder, images in the order of their names. */
export function peopleOf(pairs: readonly FacePair[]): readonly PersonImages[] {
  const people = new Map<string, string[]>();
  for (const image of imagesOf(pairs).sort()) {
    const person = personOf(image);
    people.set(person, [...(people.get(person) ?? []), image]);
  }
  return [...people].map(([name, images]) => ({ name, images }));
}

/**
 * Templates as the kiosk makes them: the first `photos` images of everybody with more than that are averaged to one unit
 * vector; every further image, and every image of the others, is a probe against all templates.
 */
export function templateReport(
  people: readonly PersonImages[],
  embeddings: Embeddings,
  photos: number,
): { readonly report: TemplateReport; readonly roc: readonly RocPoint[] } {
  const templates: { person: string; vector: Float32Array }[] = [];
  const probes: { person: string; vector: Float32Array | undefined }[] = [];
  for (const { name, images } of people) {
    const vectors = images.map((image) => embeddings.get(image));
    const enrolled = vectors.slice(0, photos).filter((vector) => vector !== undefined);
    const template = vectors.length > photos ? meanUnit(enrolled) : undefined;
    if (template !== undefined) templates.push({ person: name, vector: template });
    const rest = template === undefined ? vectors : vectors.slice(photos);
    probes.push(...rest.map((vector) => ({ person: name, vector })));
  }
  const genuine: number[] = [];
  const impostor: number[] = [];
  const enrolledNames = new Set(templates.map((template) => template.person));
  let first = 0;
  let ranked = 0;
  let missed = 0;
  for (const probe of probes) {
    if (probe.vector === undefined) missed++;
    let best = { person: '', score: Number.NEGATIVE_INFINITY };
    for (const template of templates) {
      const score = probe.vector === undefined ? Number.NEGATIVE_INFINITY : dot(probe.vector, template.vector);
      if (template.person === probe.person) genuine.push(score);
      else if (probe.vector !== undefined) impostor.push(score);
      if (score > best.score) best = { person: template.person, score };
    }
    if (!enrolledNames.has(probe.person)) continue;
    ranked++;
    if (best.person === probe.person) first++;
  }
  const sortedGenuine = sortScores(genuine);
  const sortedImpostor = sortScores(impostor);
  const report: TemplateReport = {
    photos,
    people: templates.length,
    nGenuine: genuine.length,
    nImpostor: impostor.length,
    missed,
    ...ratesAt(sortedGenuine, sortedImpostor),
    rank1: ranked === 0 ? null : first / ranked,
  };
  return { report, roc: rocOf(sortedGenuine, sortedImpostor) };
}
