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
  readonly templates: number;
  readonly nGenuine: number;
  readonly nImpostor: number;
  readonly tarAtFar: PerFar;
  readonly thresholds: PerFar;
  /** Part of the genuine comparisons whose score beats one template of everybody else. */
  readonly rank1: number | null;
}

const personOf = (image: string): string => posix.dirname(image);

/** All images of the pairs, each once, in the order in which they appear. */
export function imagesOf(pairs: readonly FacePair[]): string[] {
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

/** Folders tell persons apart only when no pair says otherwise. */
function foldersAreFolk(pairs: readonly FacePair[]): boolean {
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

/** Templates of one person: the k-th is made of `photos` consecutive images from the k-th on, around the end. */
interface PersonTemplates {
  readonly person: string;
  readonly templates: readonly { readonly vector: Float32Array; readonly used: ReadonlySet<number> }[];
}

function templatesOf({ name, images }: PersonImages, embeddings: Embeddings, photos: number): PersonTemplates {
  if (images.length <= photos) return { person: name, templates: [] };
  const templates = images.flatMap((_, first) => {
    const used = new Set(Array.from({ length: photos }, (_, i) => (first + i) % images.length));
    const known = [...used].map((i) => embeddings.get(images[i]!)).filter((vector) => vector !== undefined);
    const vector = meanUnit(known);
    return vector === undefined ? [] : [{ vector, used }];
  });
  return { person: name, templates };
}

/**
 * Templates as the kiosk makes them: `photos` images averaged to one unit vector. Everybody with more images than that
 * gets one template from every run of consecutive images, so that no figure hangs on which images come first. Genuine:
 * a template against the person's images outside it; impostor: against every image of everybody else.
 */
export function templateReport(
  people: readonly PersonImages[],
  embeddings: Embeddings,
  photos: number,
): { readonly report: TemplateReport; readonly roc: readonly RocPoint[] } {
  const enrolled = people
    .map((person) => templatesOf(person, embeddings, photos))
    .filter((person) => person.templates.length > 0);
  const genuine: number[] = [];
  const impostor: number[] = [];
  let first = 0;
  for (const { name, images } of people) {
    for (const [index, image] of images.entries()) {
      const vector = embeddings.get(image);
      for (const other of enrolled) {
        if (other.person !== name) {
          if (vector !== undefined) for (const template of other.templates) impostor.push(dot(vector, template.vector));
          continue;
        }
        for (const [k, template] of other.templates.entries()) {
          if (template.used.has(index)) continue;
          const own = vector === undefined ? Number.NEGATIVE_INFINITY : dot(vector, template.vector);
          genuine.push(own);
          if (vector !== undefined && enrolled.every((rival) => rival === other || dot(vector, turn(rival, k)) < own))
            first++;
        }
      }
    }
  }
  const sortedGenuine = sortScores(genuine);
  const sortedImpostor = sortScores(impostor);
  const report: TemplateReport = {
    photos,
    people: enrolled.length,
    templates: enrolled.reduce((sum, person) => sum + person.templates.length, 0),
    nGenuine: genuine.length,
    nImpostor: impostor.length,
    ...ratesAt(sortedGenuine, sortedImpostor),
    rank1: genuine.length === 0 ? null : first / genuine.length,
  };
  return { report, roc: rocOf(sortedGenuine, sortedImpostor) };
}

/** The k-th template of a person, counted around. */
function turn(person: PersonTemplates, k: number): Float32Array {
  return person.templates[k % person.templates.length]!.vector;
}
