import type { Moment } from '../domain/moment.js';
import type { Caller } from './parts.js';

/**
 * What is shown, as this caller may see it. The id of an attempt drives the attempt, so the one that the kiosk's camera
 * began goes to the kiosk's own page only; others see nobody.
 */
export function momentFor(moment: Moment, from: Caller['from']): Moment {
  return moment.kind === 'attempt' && from !== 'loopback' ? { kind: 'idle' } : moment;
}
