import { upperBound95 } from '../binomial.js';
import type { GateState } from './gate.js';

/** One presentation to the kiosk and what came of it. */
export interface Presentation {
  readonly kind: 'live' | 'attack';
  /** Kind of attack instrument, or of live presentation: what a rate is given for. */
  readonly species: string;
  readonly person?: string;
  /** `passed`: taken for live. `unavailable`: no answer. */
  readonly state: GateState;
}

/** Rates of one species in the terms of ISO/IEC 30107-3; null where the rate is not of this kind. */
export interface SpeciesRates {
  readonly species: string;
  readonly kind: 'live' | 'attack';
  readonly n: number;
  /** Different people; 0 where the labels name none. */
  readonly people: number;
  /** Attack presentations taken for live, of all of them. */
  readonly apcer: number | null;
  /** Live presentations refused, of all of them. */
  readonly bpcer: number | null;
  /** Presentations without an answer, of all of them (APNRR or BPNRR). */
  readonly nonResponse: number;
  /** One-sided 95 % bound of apcer or bpcer. */
  readonly upper95: number;
}

/** Rates of all species, and what is said of them together. */
export interface PadRates {
  /** Live ones first, then attacks, the worst first. */
  readonly species: readonly SpeciesRates[];
  /** Of all live presentations together. */
  readonly bpcer: number | null;
  /** The attack species with the highest APCER, among equals the one with the highest bound: it counts, never a mean. */
  readonly worst: SpeciesRates | null;
  /** Half of the worst APCER and the BPCER; null unless both are known. */
  readonly acer: number | null;
}

/** Rates of labelled presentations (docs/liveness.md, "Measured"); every presentation counts once. */
export function padRates(presentations: readonly Presentation[]): PadRates {
  const groups = new Map<string, Presentation[]>();
  for (const one of presentations) {
    const key = `${one.kind}\n${one.species}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rates = [...groups.values()].map(ratesOf);
  const worstFirst = (a: SpeciesRates, b: SpeciesRates): number =>
    (b.apcer ?? 0) - (a.apcer ?? 0) || b.upper95 - a.upper95 || a.species.localeCompare(b.species);
  const live = rates.filter(({ kind }) => kind === 'live').sort((a, b) => a.species.localeCompare(b.species));
  const attacks = rates.filter(({ kind }) => kind === 'attack').sort(worstFirst);
  const worst = attacks[0] ?? null;
  const bpcer = partOf(
    presentations.filter(({ kind }) => kind === 'live'),
    ({ state }) => state === 'failed',
  );
  return {
    species: [...live, ...attacks],
    bpcer,
    worst,
    acer: worst?.apcer == null || bpcer === null ? null : (worst.apcer + bpcer) / 2,
  };
}

function ratesOf(group: readonly Presentation[]): SpeciesRates {
  const { kind, species } = group[0]!;
  const wrong = kind === 'live' ? 'failed' : 'passed';
  const errors = group.filter(({ state }) => state === wrong).length;
  const n = group.length;
  return {
    species,
    kind,
    n,
    people: new Set(group.flatMap(({ person }) => (person === undefined ? [] : [person]))).size,
    apcer: kind === 'attack' ? errors / n : null,
    bpcer: kind === 'live' ? errors / n : null,
    nonResponse: group.filter(({ state }) => state === 'unavailable').length / n,
    upper95: upperBound95(errors, n),
  };
}

function partOf<T>(all: readonly T[], is: (one: T) => boolean): number | null {
  return all.length === 0 ? null : all.filter(is).length / all.length;
}
