import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PURPOSES } from '../../src/domain/decision.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../../src/domain/factor.js';
import { GUIDANCE_CODES } from '../../src/domain/guidance.js';
import { CHALLENGE_ACTIONS } from '../../src/domain/liveness/action.js';
import { LIVENESS_REASONS } from '../../src/domain/liveness/gate.js';
import { POSE_TAKE_MS } from '../../src/domain/liveness/pose-take.js';
import { LIVENESS_HINTS } from '../../src/domain/liveness/run-order.js';
import { SECRET_FAULTS } from '../../src/domain/password-rules.js';
import { checkName } from '../../src/domain/person-name.js';
import { PHOTO_REFUSALS } from '../../src/domain/quality-gate.js';
import { REASONS } from '../../src/domain/reason.js';
import { PAGE_CONSENT_TEXT_VERSION } from '../../src/people/consent.js';
import { nameFault } from '../../src/ui/enrol/name-field.js';
import { POSE_TAKE_MS as PAGE_POSE_TAKE_MS } from '../../src/ui/login/pose-take.js';
import { CONSENT_TEXT_VERSION, clockTime, duration, fill, LANGUAGES, TABLES } from '../../src/ui/strings/language.js';

/** Path → text of every string of a table. */
function flat(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, `${path}.${key}`));
}

describe('strings', () => {
  const english = new Map(flat(TABLES.en));

  it('every language has every key, no empty text, and the same places to fill in', () => {
    for (const language of LANGUAGES) {
      const table = new Map(flat(TABLES[language]));
      expect([...table.keys()].sort()).toEqual([...english.keys()].sort());
      for (const [key, text] of table) {
        expect(`${language}${key}: ${text.trim()}`).not.toBe(`${language}${key}: `);
        const places = (t: string) => [...t.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
        expect([key, places(text)]).toEqual([key, places(english.get(key)!)]);
      }
    }
  });

  it('the page sends the version of the consent text that the daemon demands', () => {
    expect(CONSENT_TEXT_VERSION).toBe(PAGE_CONSENT_TEXT_VERSION);
  });

  it('the page counts a pose take as long as it is', () => {
    expect(PAGE_POSE_TAKE_MS).toBe(POSE_TAKE_MS);
  });

  it('every code of the domain has a text in every language', () => {
    for (const language of LANGUAGES) {
      const s = TABLES[language];
      expect(Object.keys(s.guidance).sort()).toEqual([...GUIDANCE_CODES].sort());
      expect(Object.keys(s.reasons).sort()).toEqual([...REASONS].sort());
      expect(Object.keys(s.enrol.reasons).sort()).toEqual([...PHOTO_REFUSALS].sort());
      expect(Object.keys(s.directions).sort()).toEqual(['check_in', 'check_out']);
    }
  });

  it('no text of the pages stands outside the tables', () => {
    const root = fileURLToPath(new URL('../../src/ui/', import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
    expect(files.length).toBeGreaterThan(40);
    const found = files.flatMap((file) => {
      const code = readFileSync(join(root, file), 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/^\s*\/\/.*$/gm, '');
      const between = [...code.matchAll(/(?<!=)>\s*([A-Za-zÀ-ÿ][a-zà-ÿ]+(?: [A-Za-zÀ-ÿ]+)*[.!?:…]?)\s*</g)];
      const given = [...code.matchAll(/\b(?:aria-label|alt|title|placeholder)="([^"]+)"/g)];
      return [...between, ...given].map(([, text]) => `${file}: ${text}`);
    });
    expect(found).toEqual([]);
  });

  it('every answer of an attempt has a text', () => {
    for (const language of LANGUAGES) {
      const { factors, otp, titles } = TABLES[language].login;
      expect(Object.keys(factors).sort()).toEqual([...FACTOR_KINDS].sort());
      expect(Object.keys(otp.channels).sort()).toEqual([...OTP_CHANNELS].sort());
      expect(Object.keys(otp.sent).sort()).toEqual([...OTP_CHANNELS].sort());
      expect(Object.keys(titles).sort()).toEqual([...PURPOSES].sort());
    }
  });

  it('every action, hint and reason of liveness has a text of its own', () => {
    for (const language of LANGUAGES) {
      const { actions, hints, reasons } = TABLES[language].liveness;
      expect(Object.keys(actions).sort()).toEqual([...CHALLENGE_ACTIONS].sort());
      expect(Object.keys(hints).sort()).toEqual([...LIVENESS_HINTS].sort());
      expect(Object.keys(reasons).sort()).toEqual([...LIVENESS_REASONS].sort());
      for (const texts of [actions, hints, reasons]) {
        const all = Object.values(texts);
        expect(new Set(all).size).toBe(all.length);
      }
    }
    expect(TABLES.en.liveness.reasons.flat_picture).toContain('flat picture');
  });

  it('every reason for which liveness did not pass says what to do', () => {
    const deeds = {
      en: /\b(try again|take another way|look at)\b/i,
      de: /bitte/i,
      fr: /\b(réessayez|prenez|regardez)/i,
    };
    for (const language of LANGUAGES) {
      const { ok: _ok, ...failures } = TABLES[language].liveness.reasons;
      for (const text of Object.values(failures)) expect(text).toMatch(deeds[language]);
    }
  });

  it('everything that can be wrong with a password or PIN has a text', () => {
    for (const language of LANGUAGES)
      expect(Object.keys(TABLES[language].account.secretFaults).sort()).toEqual([...SECRET_FAULTS].sort());
  });

  it('the other languages are translated', () => {
    for (const language of ['de', 'fr'] as const) {
      const same = flat(TABLES[language]).filter(([key, text]) => english.get(key) === text && text.length > 14);
      expect(same).toEqual([]);
    }
  });
});

describe('words from values', () => {
  it('time is the one of the record, durations are rounded down', () => {
    expect(clockTime('2026-11-21T08:59:59.999+05:30')).toBe('08:59');
    expect(duration(59_999, TABLES.en)).toBe('0 min');
    expect(duration(3_600_000 * 7 + 48 * 60_000 + 59_000, TABLES.de)).toBe('7 Std. 48 Min.');
    expect(fill('{a} {b} {c}', { a: 1, b: '{a}' })).toBe('1 {a} {c}');
  });

  it('the name field agrees with the rule of the kiosk', () => {
    for (const name of [
      'Anna',
      ' Åsa ',
      '',
      '--',
      'a\u202eb',
      'a\nb',
      '李',
      'x'.repeat(80),
      'x'.repeat(81),
      '\u200f1',
    ]) {
      expect([name, nameFault(name, TABLES.en) === undefined]).toEqual([name, checkName(name).ok]);
    }
  });
});
