import type { GateState, LivenessReason } from '../domain/liveness/gate.js';
import { type PadRates, padRates } from '../domain/liveness/pad-metrics.js';
import type { MeasureNetworks } from '../ports/vision.js';
import type { JudgedSource } from './eval-liveness-judge.js';
import { LONG_SIDE_PX } from './liveness-frames.js';

/** How the figures came about; without this they mean nothing. */
export interface EvaluationTerms {
  readonly pack: string;
  readonly packHash: string;
  readonly engine: string;
  readonly networks: MeasureNetworks;
  readonly passiveThreshold: number;
  readonly framesPerSecond: number;
}

/** Single frames of a species: strongly correlated, so no rate is given a bound. */
export interface FrameRates {
  readonly frames: number;
  readonly scored: number;
  readonly accepted: number;
  /** Runs after the first one of every clip included. */
  readonly runs: number;
  readonly runsPassed: number;
  readonly runsFailed: number;
  /** Clips in which a turn of the head would pass the challenge; null without the mesh network. */
  readonly turned: number | null;
}

export interface LightRates {
  readonly sessions: number;
  readonly passed: number;
  readonly failed: number;
  readonly unavailable: number;
}

export interface EvaluationReport extends EvaluationTerms {
  readonly box: 'detector';
  readonly longSidePx: number;
  readonly resize: 'area';
  readonly acer: PadRates['acer'];
  readonly bpcer: PadRates['bpcer'];
  /** Name of the species whose APCER counts. */
  readonly worst: string | null;
  readonly species: readonly (PadRates['species'][number] & FrameRates & { readonly light: LightRates | null })[];
  readonly sources: readonly {
    readonly file: string;
    readonly species: string;
    readonly still: boolean;
    readonly state: GateState;
    readonly reason: LivenessReason;
    readonly score: number | null;
    readonly decidedMs: number | null;
    readonly turned: boolean | null;
  }[];
}

/** The figures of all judged sources. */
export function evaluationReport(judged: readonly JudgedSource[], terms: EvaluationTerms): EvaluationReport {
  const rates = ratesOf(judged);
  // No kiosk decides by one picture: stills have rates of their own and count in no other figure.
  const decided = judged.filter(({ source }) => source.form !== 'still');
  const { acer, bpcer, worst } = decided.length > 0 ? ratesOf(decided) : rates;
  return {
    ...terms,
    box: 'detector',
    longSidePx: LONG_SIDE_PX,
    resize: 'area',
    acer,
    bpcer,
    worst: worst?.species ?? null,
    species: rates.species.map((one) => {
      const own = judged.filter(({ source }) => source.species === one.species && source.kind === one.kind);
      return { ...one, ...frameRates(own, terms.passiveThreshold), light: lightRates(own) };
    }),
    sources: judged.map(({ source, state, reason, score, decidedMs, turned }) => ({
      file: source.file,
      species: source.species,
      still: source.form === 'still',
      state,
      reason,
      score: score ?? null,
      decidedMs: decidedMs ?? null,
      turned: turned ?? null,
    })),
  };
}

function ratesOf(judged: readonly JudgedSource[]): PadRates {
  return padRates(
    judged.map(({ source, state }) => ({
      kind: source.kind,
      species: source.species,
      state,
      ...(source.person !== undefined && { person: source.person }),
    })),
  );
}

function frameRates(own: readonly JudgedSource[], threshold: number): FrameRates {
  const scores = own.flatMap(({ frameScores }) => frameScores);
  const runs = own.flatMap((one) => one.runs);
  const turned = own.flatMap((one) => (one.turned === undefined ? [] : [one.turned]));
  return {
    frames: own.reduce((sum, { frames }) => sum + frames, 0),
    scored: scores.length,
    accepted: scores.filter((score) => score >= threshold).length,
    runs: runs.length,
    runsPassed: runs.filter(({ state }) => state === 'passed').length,
    runsFailed: runs.filter(({ state }) => state === 'failed').length,
    turned: turned.length === 0 ? null : turned.filter(Boolean).length,
  };
}

function lightRates(own: readonly JudgedSource[]): LightRates | null {
  const lights = own.flatMap(({ light }) => (light === undefined ? [] : [light.state]));
  if (lights.length === 0) return null;
  const count = (state: string): number => lights.filter((one) => one === state).length;
  return {
    sessions: lights.length,
    passed: count('passed'),
    failed: count('failed'),
    unavailable: count('unavailable'),
  };
}

/** Rates over the threshold, for a plot. A source that another gate refused is accepted at no threshold. */
export interface ThresholdPoint {
  readonly threshold: number;
  /** Highest of all species; null without attacks. */
  readonly apcer: number | null;
  readonly bpcer: number | null;
}

/** Both error rates at the thresholds 0, 0.01 … 1. */
export function sweep(judged: readonly JudgedSource[]): readonly ThresholdPoint[] {
  const attacks = [
    ...new Set(judged.filter(({ source }) => source.kind === 'attack').map(({ source }) => source.species)),
  ];
  const live = judged.filter(({ source }) => source.kind === 'live');
  return Array.from({ length: 101 }, (_, index) => {
    const threshold = index / 100;
    const accepted = ({ state, reason, score }: JudgedSource): boolean =>
      score !== undefined && (state === 'passed' || reason === 'looks_like_picture') && score >= threshold;
    const rates = attacks.map((species) => {
      const own = judged.filter(({ source }) => source.kind === 'attack' && source.species === species);
      return own.filter(accepted).length / own.length;
    });
    return {
      threshold,
      apcer: rates.length === 0 ? null : Math.max(...rates),
      bpcer: live.length === 0 ? null : live.filter((one) => !accepted(one)).length / live.length,
    };
  });
}
