import type { DemoPerson } from './demo-people.js';

/** Where the demo's person stands. */
export interface DemoPose {
  /** Index into the list of people. */
  readonly person: number;
  /** 1 before the kiosk, smaller further away. */
  readonly nearness: number;
  /** Shift from the middle of the picture, pixels. */
  readonly right: number;
  readonly down: number;
  /** Factor on the brightness. */
  readonly light: number;
}

const APPROACH_MS = 1200;
const HOLD_MS = 3000;
/** A stranger stands longer: a refusal comes only after some seconds without a match. */
const HOLD_STRANGER_MS = 6000;
const LEAVE_MS = 800;
const EMPTY_MS = 1000;
const FAR = 0.3;

/** The pose at a time after the start of the demo; undefined while the hall is empty. Pure: the same in every run. */
export function demoPose(elapsedMs: number, people: readonly Pick<DemoPerson, 'enrolled'>[]): DemoPose | undefined {
  const turns = people.map(
    ({ enrolled }) => EMPTY_MS + APPROACH_MS + (enrolled ? HOLD_MS : HOLD_STRANGER_MS) + LEAVE_MS,
  );
  const round = turns.reduce((sum, ms) => sum + ms, 0);
  let rest = elapsedMs % round;
  let person = 0;
  while (person < turns.length - 1 && rest >= turns[person]!) {
    rest -= turns[person]!;
    person += 1;
  }
  rest -= EMPTY_MS;
  if (rest < 0) return undefined;
  const holdMs = people[person]?.enrolled ? HOLD_MS : HOLD_STRANGER_MS;
  // Two slow swings of different length: several frames of one person are never quite the same.
  const sway = Math.sin(elapsedMs / 310);
  const nod = Math.sin(elapsedMs / 470 + 1);
  if (rest < APPROACH_MS) {
    const way = smooth(rest / APPROACH_MS);
    return {
      person,
      nearness: FAR + (1 - FAR) * way,
      right: 120 * (1 - way) + 2 * sway,
      down: 10 * (1 - way),
      light: 1,
    };
  }
  rest -= APPROACH_MS;
  if (rest < holdMs) {
    return { person, nearness: 1 + 0.02 * nod, right: 5 * sway, down: 3 * nod, light: 1 + 0.03 * sway };
  }
  const way = smooth((rest - holdMs) / LEAVE_MS);
  return { person, nearness: 1 - 0.4 * way, right: -420 * way, down: 0, light: 1 };
}

/** Cubic ease in and out, 0 → 0, 1 → 1. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
