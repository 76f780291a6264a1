import { describe, expect, it } from 'vitest';
import { asciiName, checkName } from '../../src/domain/person-name.js';

describe('checkName', () => {
  it('trims and composes', () => {
    expect(checkName('  Zoe\u0308 Müller ')).toEqual({ ok: true, name: 'Zoë Müller' });
    expect(checkName('李小龍')).toEqual({ ok: true, name: '李小龍' });
    expect(checkName('نگار\u200cخانم').ok).toBe(true);
  });

  it.each([
    '',
    '   ',
    '---',
    'a\u0000b',
    'a\nb',
    'a\u001b[31m',
    'Ann\u202eeve',
    'x\u2066y',
    'a\u2028b',
    'a\ud800b',
    'x'.repeat(81),
  ])('refuses %j with a sentence', (raw) => {
    const checked = checkName(raw);
    expect(checked.ok).toBe(false);
    expect(!checked.ok && checked.detail).toMatch(/\.$/);
  });

  it('counts characters, not code units', () => {
    expect(checkName('𝒜'.repeat(80)).ok).toBe(true);
  });
});

describe('asciiName', () => {
  it('folds to plain ASCII', () => {
    expect(asciiName('Zoë Großmann-Łuczak Ørsted')).toBe('Zoe Grossmann-Luczak Orsted');
    expect(asciiName('李 Ng')).toBe('? Ng');
  });
});
