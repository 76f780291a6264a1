import type { GateState, LivenessReason } from './gate.js';
import { AXES, bestFit, type Chroma, type Fit, type LitSample, type LitSegment } from './light-fit.js';
import type { MeasuredFrame } from './measured-frame.js';

/** One colour of the sequence: for the page, and its linear light, 0–1. */
export interface LightColour {
  readonly colour: string;
  /** sRGB, 0–255. */
  readonly rgb: readonly [number, number, number];
}

/** Each colour stays so long: fewer than two changes a second, below the three of WCAG 2.3.1. */
export const LIGHT_HOLD_MS = 560;
/** Frames are wanted for so long before the first colour, with the usual page on the screen. */
export const LIGHT_BASELINE_MS = 600;
/** The last colour's answer is waited for after its time: display and camera are late by at most this much. */
export const LIGHT_TAIL_MS = 400;

/** Saturated, far apart, relative luminance 0.19–0.21 each, so that only the colour of the light changes. */
const PALETTE: readonly LightColour[] = [
  { colour: '#ff0000', rgb: [255, 0, 0] },
  { colour: '#009400', rgb: [0, 148, 0] },
  { colour: '#0074ff', rgb: [0, 116, 255] },
  { colour: '#dc00dc', rgb: [220, 0, 220] },
  { colour: '#838300', rgb: [131, 131, 0] },
];
const LENGTHS = [3, 4] as const;

/** Thresholds of the design; nothing of this was measured on people (docs/liveness.md "Screen light"). */
export const LIGHT_RULE = {
  /** Least correlation of the face's colour with the sequence, minus the background's part. */
  score: 0.55,
  /** Least correlation of the face's colour alone: tells sequences that are alike in part from each other. */
  face: 0.85,
  /** Least cosine between the asked and the seen change at every step. */
  step: 0.7,
  /** Least root mean square of the answer, as a share of the whole light (chromaticity). */
  answer: 0.003,
  /** The answer stands so many times above the noise before the first colour. */
  aboveNoise: 2,
  /** No delay outside 0 to LIGHT_TAIL_MS may fit better by more than this. */
  elsewhere: 0.03,
  /** A background that answers with this part of the face's strength tells nothing: everything is lit. */
  background: 0.6,
  /** From this correlation on a background counts as answering. */
  lit: 0.5,
} as const;
const BASELINE_KEPT_MS = 1500;
const LEAST_BASELINE_FRAMES = 3;

export interface LightResult {
  readonly state: GateState;
  readonly reason: LivenessReason;
  readonly score?: number;
  readonly threshold: number;
  readonly facts: Readonly<Record<string, number | string | boolean>>;
}

/**
 * Draws a sequence of 3 or 4 colours, never the same twice in a row, all 400 sequences equally likely.
 * @param pick a whole number from 0 to n − 1, all equally likely
 */
export function lightSequence(pick: (n: number) => number): readonly LightColour[] {
  const others = PALETTE.length - 1;
  const counts = LENGTHS.map((length) => PALETTE.length * others ** (length - 1));
  let drawn = pick(counts.reduce((sum, count) => sum + count, 0));
  let length: number = LENGTHS[0];
  for (const [index, count] of counts.entries()) {
    length = LENGTHS[index]!;
    if (drawn < count) break;
    drawn -= count;
  }
  let last = drawn % PALETTE.length;
  drawn = Math.floor(drawn / PALETTE.length);
  const sequence = [PALETTE[last]!];
  while (sequence.length < length) {
    last = (last + 1 + (drawn % others)) % PALETTE.length;
    drawn = Math.floor(drawn / others);
    sequence.push(PALETTE[last]!);
  }
  return sequence;
}

/**
 * Watches whether a face answers to the colours of the screen, and the room behind it does not: a face is near the
 * screen, its background is far, and a recording answers to nothing or to another sequence (liveness.md 3).
 */
export class LightWatch {
  readonly #sequence: readonly LightColour[];
  readonly #shownAt: number[] = [];
  #samples: LitSample[] = [];
  #isBroken = false;

  constructor(sequence: readonly LightColour[]) {
    this.#sequence = sequence;
  }

  /** The page has this colour on the screen. In order; anything else makes the result unavailable. @param at monotonic ms */
  shown(index: number, at: number): void {
    if (index !== this.#shownAt.length || !(at > (this.#shownAt.at(-1) ?? Number.NEGATIVE_INFINITY)))
      this.#isBroken = true;
    else this.#shownAt.push(at);
  }

  /** Frames in order, from LIGHT_BASELINE_MS before the first colour to LIGHT_TAIL_MS after the last. */
  see({ at, face, faces, colour }: MeasuredFrame): void {
    if (colour === undefined || face === undefined || faces !== 1) return;
    const sample = { at, face: chroma(colour.face), background: chroma(colour.background) };
    if (![at, ...sample.face, ...sample.background].every(Number.isFinite)) this.#isBroken = true;
    this.#samples.push(sample);
    const first = this.#shownAt[0];
    if (first === undefined) this.#samples = this.#samples.filter((one) => one.at > at - BASELINE_KEPT_MS);
  }

  result(): LightResult {
    const segments = this.#segments();
    const first = segments?.[0]?.from;
    const baseline = this.#samples.filter((sample) => first !== undefined && sample.at <= first);
    if (segments === undefined || this.#isBroken || baseline.length < LEAST_BASELINE_FRAMES)
      return this.#unavailable({ baselineFrames: baseline.length, colours: this.#shownAt.length });
    const fit = bestFit(this.#samples, segments, LIGHT_TAIL_MS);
    if (fit === undefined) return this.#unavailable({ baselineFrames: baseline.length, frames: this.#samples.length });
    return this.#judge(fit, noiseOf(baseline));
  }

  #judge(fit: Fit, noise: number): LightResult {
    const { delayMs, face, background, frames, leastStep, elsewhere = -1 } = fit;
    const ratio = Math.min(1, Math.abs(background.slope) / Math.max(1e-9, Math.abs(face.slope)));
    const score = face.correlation - ratio * Math.max(0, background.correlation);
    const facts = {
      delayMs,
      frames,
      faceCorrelation: face.correlation,
      backgroundCorrelation: background.correlation,
      backgroundRatio: ratio,
      answer: face.answer,
      noise,
      leastStep,
      elsewhere,
      colours: this.#sequence.map(({ colour }) => colour).join(' '),
    };
    const measures = [score, noise, leastStep, ratio, face.answer, elsewhere];
    if (!measures.every(Number.isFinite)) return this.#unavailable({ frames });
    const isLit = background.correlation >= LIGHT_RULE.lit && ratio >= LIGHT_RULE.background;
    if (isLit) return { ...this.#unavailable(facts), score };
    const answers =
      face.slope > 0 &&
      face.answer >= Math.max(LIGHT_RULE.answer, LIGHT_RULE.aboveNoise * noise) &&
      leastStep >= LIGHT_RULE.step &&
      face.correlation >= LIGHT_RULE.face &&
      face.correlation >= elsewhere - LIGHT_RULE.elsewhere &&
      score >= LIGHT_RULE.score;
    return {
      state: answers ? 'passed' : 'failed',
      reason: answers ? 'ok' : 'light_mismatch',
      score,
      threshold: LIGHT_RULE.score,
      facts,
    };
  }

  #unavailable(facts: LightResult['facts']): LightResult {
    return { state: 'unavailable', reason: 'not_measured', threshold: LIGHT_RULE.score, facts };
  }

  /** Times at which each colour was on the screen; undefined when one was not shown, or for too short or too long. */
  #segments(): readonly LitSegment[] | undefined {
    if (this.#sequence.length < 2 || this.#shownAt.length !== this.#sequence.length) return undefined;
    const segments = this.#sequence.map(({ rgb }, index) => {
      const from = this.#shownAt[index]!;
      return { from, to: this.#shownAt[index + 1] ?? from + LIGHT_HOLD_MS, light: chroma(bgrOf(rgb)) };
    });
    const isKept = segments.every(({ from, to }) => to - from >= LIGHT_HOLD_MS / 2 && to - from <= 3 * LIGHT_HOLD_MS);
    return isKept ? segments : undefined;
  }
}

const bgrOf = ([r, g, b]: readonly [number, number, number]): [number, number, number] => [b, g, r];

/** Shares of red, green and blue in the linear light of a BGR colour. */
function chroma([b, g, r]: readonly [number, number, number]): Chroma {
  const linear = (value: number): number => (value / 255) ** 2.2;
  const sum = linear(b) + linear(g) + linear(r);
  return [linear(r) / sum, linear(g) / sum, linear(b) / sum];
}

/** Root mean square of the face's colour around its mean. */
function noiseOf(samples: readonly LitSample[]): number {
  const mean = AXES.map((axis) => samples.reduce((sum, { face }) => sum + face[axis], 0) / samples.length);
  const square = AXES.map((axis) => samples.reduce((sum, { face }) => sum + (face[axis] - mean[axis]!) ** 2, 0));
  return Math.sqrt((square[0]! + square[1]! + square[2]!) / samples.length);
}
