import type { AttendanceEvent, AttendanceType } from '../../src/domain/attendance.js';
import { localTimestamp } from '../../src/domain/local-day.js';

export const BERLIN = 'Europe/Berlin';

/** A well-formed event; `at` is Unix ms or an ISO text. */
export function makeEvent(
  seq: number,
  at: number | string,
  options: {
    readonly type?: AttendanceType;
    readonly person?: string;
    readonly zone?: string;
    readonly boot?: string;
    readonly monoMs?: number;
  } = {},
): AttendanceEvent {
  const wallMs = typeof at === 'number' ? at : Date.parse(at);
  const zone = options.zone ?? BERLIN;
  return {
    id: `event-${seq}`,
    seq,
    type: options.type ?? 'check_in',
    site: 'home',
    kiosk: 'kiosk-1',
    person: { id: options.person ?? 'p_000000000001' },
    at: localTimestamp(wallMs, zone),
    zone,
    clock: { sync: 'ntp', boot: options.boot ?? `boot-${seq}`, monoMs: options.monoMs ?? 1000 },
    decisionId: `decision-${seq}`,
    factors: [{ kind: 'face', outcome: 'passed', reason: 'ok', score: 0.7, threshold: 0.4, at: 5 }],
  };
}

/** Everything that an async iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
