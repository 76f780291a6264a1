import type { Moment } from '../../src/domain/moment.js';
import type { Strings } from '../../src/ui/strings/table.js';

const person = { id: 'p_0123456789ab', name: 'Anna-Maria Brandström' };

/** Every kind of moment with the words that must be seen in a language. */
export const PAGE_STATES: readonly {
  readonly name: string;
  readonly moment: Moment;
  readonly seen: (s: Strings) => readonly string[];
}[] = [
  { name: 'idle', moment: { kind: 'idle' }, seen: (s) => [s.idle.hint, 'Alder Mill'] },
  {
    name: 'guidance',
    moment: { kind: 'guidance', code: 'too_dark' },
    seen: (s) => [s.guidance.too_dark],
  },
  {
    name: 'ask',
    moment: {
      kind: 'recognised',
      attemptId: 'a1',
      person,
      choices: ['check_in', 'check_out'],
      suggested: 'check_in',
      expiresInMs: 60_000,
    },
    seen: (s) => [person.name, s.ask.choose, s.directions.check_in, s.directions.check_out, s.ask.suggested],
  },
  {
    name: 'done',
    moment: {
      kind: 'done',
      person,
      direction: 'check_out',
      at: '2026-11-21T17:04:11.230+01:00',
      workedTodayMs: (7 * 60 + 48) * 60_000,
      previous: { direction: 'check_in', at: '2026-11-21T08:59:02.110+01:00' },
    },
    seen: (s) => [person.name, s.recorded.check_out, '17:04', '08:59', '48', s.done.previous],
  },
  {
    name: 'duplicate',
    moment: { kind: 'duplicate', person, earlier: { direction: 'check_in', at: '2026-11-21T08:59:02.110+01:00' } },
    seen: (s) => ['08:59', person.name, s.duplicate.nothing],
  },
  {
    name: 'refused',
    moment: { kind: 'refused', reason: 'consent_missing' },
    seen: (s) => [s.refusedTitle, s.reasons.consent_missing, s.refusedNext],
  },
  {
    name: 'not-recorded',
    moment: { kind: 'not_recorded', person, fault: 'storage_full' },
    seen: (s) => [s.notRecorded.title, s.notRecorded.full, person.name],
  },
];
