import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passwordFaults, pinFaults } from '../../src/domain/password-rules.js';
import { checkUserName } from '../../src/people/user-name.js';
import {
  contactFault,
  isContact,
  mayBePassword,
  passwordFault,
  pinFault,
  userNameFault,
} from '../../src/ui/own/field-faults.js';
import { TABLES } from '../../src/ui/strings/language.js';

const s = TABLES.en;
const lengths = { least: 8, longest: 1024 };
const names = ['Ada Lovelace', 'ada', 'l', 'grüße-ohne'];
const daemon = (plain: string) =>
  passwordFaults(plain, { least: 8, context: names, isCommon: () => false }).map(({ code }) => code);

describe('what a page says of a password while it is typed', () => {
  it.each([
    ['rst', undefined],
    ['rstuvwxy', 'password_pattern'],
    ['abcabcabc', 'password_pattern'],
    ['aaaaaaaa', 'password_pattern'],
    ['ADA LOVELACE', 'password_name'],
    ['ada12345', 'password_name'],
    ['ada likes rivers', undefined],
    ['a\tb', 'password_untypable'],
    ['x'.repeat(1025), 'password_long'],
    ['wet plum horses', undefined],
  ])('%j: %s', (plain, code) => expect(passwordFault(plain, lengths, names)).toBe(code));

  it('is never more than the daemon would say', async () => {
    const part = fc.constantFrom('ada', 'Lovelace', 'a', '1', '12', ' ', 'ﬁ', 'grüße', 'é', 'ohne', '-', 'xyz');
    const plains = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((all) => all.join('')),
      fc.string({ unit: 'grapheme' }),
    );
    await fc.assert(
      fc.property(plains, (plain) => {
        if (passwordFault(plain, lengths, names) !== undefined) expect(daemon(plain)).not.toEqual([]);
        if (daemon(plain).length === 0) expect(mayBePassword(plain, lengths, names)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

it('a PIN is judged as the daemon does, once it is long enough', () => {
  for (const pin of ['111111', '123456', '987654', '121212', '804913', '112233', '0070070'])
    expect([pin, pinFault(pin, { least: 6, longest: 12 }) !== undefined]).toEqual([pin, pinFaults(pin, 6).length > 0]);
  expect(pinFault('11', { least: 6, longest: 12 })).toBeUndefined();
});

it('a user name is judged as the daemon does', () => {
  for (const name of [
    'ada',
    'a',
    'ada lovelace',
    'ada  l',
    '-ada',
    'a/b',
    'аdmin',
    "o'neill",
    'ünal.k@x',
    'ada\u202e',
    'é',
  ])
    expect([name, userNameFault(name, s) === undefined]).toEqual([name, checkUserName(name).ok]);
  expect(userNameFault('', s)).toBeUndefined();
});

describe('a telephone number or address', () => {
  it.each([
    ['phone', '+4', undefined, false],
    ['phone', '+49 151 23456789', undefined, true],
    ['phone', '0151/23456-789', undefined, true],
    ['phone', 'call me', s.account.phoneWrong, false],
    ['email', 'ada', undefined, false],
    ['email', 'ada@', undefined, false],
    ['email', ' ada@example.org ', undefined, true],
    ['email', 'ada lovelace', s.account.emailWrong, false],
    ['email', 'ada@b@c', s.account.emailWrong, false],
  ] as const)('%s %j', (kind, text, fault, ready) => {
    expect([contactFault(kind, text, s), isContact(kind, text, s)]).toEqual([fault, ready]);
  });
});
