import { describe, expect, it } from 'vitest';
import type { DecisionRow } from '../../src/http/contract.js';
import type { AdminPerson } from '../../src/http/contract-people.js';
import { foundPeople } from '../../src/ui/admin/person-words.js';
import { whySentences } from '../../src/ui/admin/why.js';
import { LANGUAGES, TABLES } from '../../src/ui/strings/language.js';
import { STAFF_TABLES, staffProblem } from '../../src/ui/strings/staff.js';
import { anna, factorsOf, setupOf } from '../fakes/fake-people.js';

function flat(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, `${path}.${key}`));
}

describe('words of the administration', () => {
  const english = new Map(flat(STAFF_TABLES.en));
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

  it('every language has every key, the same places to fill in, and is translated', () => {
    for (const language of LANGUAGES) {
      const table = flat(STAFF_TABLES[language]);
      expect(table.map(([key]) => key).sort()).toEqual([...english.keys()].sort());
      for (const [key, text] of table) {
        expect([key, text.trim()]).not.toEqual([key, '']);
        expect([language, key, places(text)]).toEqual([language, key, places(english.get(key)!)]);
        if (language !== 'en' && text.length > 14) expect([key, text]).not.toEqual([key, english.get(key)]);
      }
    }
  });

  it("a refusal is told in the page's language, in English with the daemon's own sentences", () => {
    const error = { error: 'person_exists', message: 'The number is taken.', mend: 'Choose another.' };
    expect(staffProblem(error, STAFF_TABLES.en, 'en')).toBe('The number is taken. Choose another.');
    expect(staffProblem(error, STAFF_TABLES.de, 'de')).toBe(STAFF_TABLES.de.faults.person_exists);
    expect(staffProblem({ ...error, error: 'news' }, STAFF_TABLES.fr, 'fr')).toBe(STAFF_TABLES.fr.faults.other);
  });
});

describe('why a decision went as it did', () => {
  const row: DecisionRow = {
    id: 'd',
    at: '2026-11-21T08:00:00Z',
    outcome: 'denied',
    reason: 'timeout',
    factors: [],
    details: [
      { kind: 'password', outcome: 'passed', reason: 'ok' },
      { kind: 'face', outcome: 'failed', reason: 'no_match', score: 0.2, threshold: 0.4, mode: '1:1', fmr: 1e-4 },
      { kind: 'otp', outcome: 'unavailable', reason: 'code_not_sent', channel: 'sms' },
    ],
  };

  it('names what was measured and what was needed, and the reason that no factor gives', () => {
    const sentences = whySentences(row, TABLES.en, STAFF_TABLES.en);
    expect(sentences).toEqual([
      TABLES.en.reasons.timeout,
      'Password: passed.',
      'Face: did not pass. You were not recognised. Likeness 0.200, but at least 0.400 was needed. Compared with the named person only. At this limit one comparison in 10,000 with a stranger passes.',
      'One-time code: could not be used. The code could not be sent. Code by SMS.',
    ]);
    const { details: _details, ...bare } = row;
    expect(whySentences(bare, TABLES.en, STAFF_TABLES.en)).toEqual([
      TABLES.en.reasons.timeout,
      STAFF_TABLES.en.decisions.noFactor,
    ]);
  });

  it('names every gate of liveness with its score, for who may see it', () => {
    const evidence = {
      version: 1 as const,
      factor: 'liveness' as const,
      level: 'passive' as const,
      state: 'failed' as const,
      reason: 'looks_like_picture' as const,
      gates: [
        { gate: 'capture' as const, state: 'passed' as const, reason: 'ok' as const },
        {
          gate: 'passive' as const,
          state: 'failed' as const,
          reason: 'looks_like_picture' as const,
          score: 0.031,
          threshold: 0.5,
        },
      ],
      actions: [],
      networks: {},
      camera: { kind: 'opencv', demo: true },
      frames: 22,
      durationMs: 1400,
    };
    const live: DecisionRow = {
      ...row,
      details: [{ kind: 'liveness', outcome: 'failed', reason: 'spoof_suspected', evidence }],
    };
    const sentence = whySentences(live, TABLES.en, STAFF_TABLES.en).at(-1);
    expect(sentence).toContain('camera picture: passed; person or picture: not passed (0.031, limit 0.500).');
    expect(sentence).toContain('First reason: looks_like_picture.');
    expect(sentence).toContain(STAFF_TABLES.en.decisions.demoCamera);
  });
});

describe('the search', () => {
  const person = (name: string, more: Partial<AdminPerson> = {}): AdminPerson => ({
    id: name,
    name,
    createdAt: '2026-10-01T08:00:00Z',
    active: true,
    role: 'person',
    factors: factorsOf(anna()),
    setup: setupOf(anna()),
    locks: [],
    sessions: 0,
    ...more,
  });
  const people = [
    person('Zoë Müller', { externalId: 'E-17' }),
    person('Émile Çelik', { userName: 'emil', role: 'manager' }),
    person('Anna Muller', { active: false }),
  ];
  const found = (search: string, filter: Parameters<typeof foundPeople>[2] = 'all') =>
    foundPeople(people, search, filter, 'en-GB').map(({ name }) => name);

  it('ignores case and accents, wants every word, and sorts by name', () => {
    expect(found('')).toEqual(['Anna Muller', 'Émile Çelik', 'Zoë Müller']);
    expect(found('MULLER')).toEqual(['Anna Muller', 'Zoë Müller']);
    expect(found(' müll zoe ')).toEqual(['Zoë Müller']);
    expect(found('e-17')).toEqual(['Zoë Müller']);
    expect(found('emil')).toEqual(['Émile Çelik']);
    expect(found('', 'staff')).toEqual(['Émile Çelik']);
    expect(found('', 'inactive')).toEqual(['Anna Muller']);
    expect(found('', 'attention')).toEqual([]);
  });
});
