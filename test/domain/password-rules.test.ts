import { describe, expect, it } from 'vitest';
import { commonPasswords } from '../../src/adapters/password-block-list.js';
import { normalisePassword, passwordFaults, pinFaults } from '../../src/domain/password-rules.js';

const isCommon = commonPasswords();
const context = [
  'Rathaus Musterstadt',
  'rathaus',
  'Haupteingang',
  'kiosk-1',
  'vestibule',
  'ada.lovelace',
  'Ada Lovelace',
];

function faults(plain: string, least = 8): readonly string[] {
  return passwordFaults(plain, { least, context, isCommon }).map(({ sentence }) => sentence);
}

/** Password, least length, whether it may be used. */
const TABLE: readonly (readonly [string, number, boolean])[] = [
  // Length, counted in characters after normalisation.
  ['', 8, false],
  ['plum7ho', 8, false],
  ['plum7hor', 8, true],
  ['wet plum horse', 15, false],
  ['wet plum horses', 15, true],
  ['wet plum horses', 8, true],
  ['q'.concat('mfa8 zkw'.repeat(8)).slice(0, 64), 8, true],
  ['jd83 hfk'.repeat(8), 8, true],
  ['blue ink, 7 tall ships and a quiet harbour; '.repeat(3).slice(0, 128), 15, true],
  [`${'many words '.repeat(92)}and more`, 15, true],
  [`${'many words '.repeat(93)}a`.slice(0, 1023).concat('.'), 15, true],
  ['a sentence that goes on '.repeat(50), 15, false],
  // No composition rules: letters only, digits only, one case, symbols only.
  ['tallshipsquiet', 8, true],
  ['TALLSHIPSQUIET', 8, true],
  ['8301947265', 8, true],
  ['%$)(/&!=', 8, true],
  ['tall ships', 8, true],
  ['  tall ships  ', 8, true],
  ['Tall5hips!', 8, true],
  // Unicode.
  ['🦊🐢🦉🐙🦀🐳🦋🐌', 8, true],
  ['🦊🐢🦉🐙🦀🐳🦋', 8, false],
  ['👩‍🚀👨‍🌾 fahren', 8, true],
  ['Straßenbahnüberführung', 15, true],
  ['пароль-из-слов', 8, true],
  ['Πέντε μικρά πλοία', 15, true],
  ['青い船と静かな港と長い橋と赤い花', 15, true],
  ['مرحبا بالسفن السبع', 15, true],
  ['שבע ספינות שקטות בנמל', 15, true],
  ['cafe\u0301 au lait et miel', 15, true],
  ['ｆｕｌｌ ｗｉｄｔｈ ｗｏｒｄｓ', 15, true],
  ['zero\u200bwidth joins', 8, true],
  ['no-break\u00a0space here', 15, true],
  // What no keyboard types twice alike.
  ['tall\tships sail', 8, false],
  ['tall ships\nsail', 8, false],
  ['tall ships\u0000sail', 8, false],
  ['tall ships \ud800 sail', 8, false],
  ['tall ships \ue000 sail', 8, false],
  // Common, repeating, counting.
  ['password', 8, false],
  ['PassWord', 8, false],
  ['iloveyou', 8, false],
  ['qwertyuiop', 8, false],
  ['1q2w3e4r5t', 8, false],
  ['ｐａｓｓｗｏｒｄ', 8, false],
  ['passwordpassword', 15, false],
  ['dragondragondragon', 15, false],
  ['aaaaaaaaaaaaaaaa', 15, false],
  ['abababababababab', 15, false],
  ['xyzxyzxyzxyzxyz', 15, false],
  ['12345678901234567890', 15, false],
  ['98765432109876543', 15, false],
  ['abcdefghijklmnopq', 15, false],
  ['éééééééééééééééé', 15, false],
  // A common one with something easy before or after it.
  ['password123456789', 15, false],
  ['1234567890password', 15, false],
  ['Password!!!!!!!!', 15, false],
  ['sunshine2026', 8, false],
  ['dragon 4711', 8, true],
  ['dragon83019472', 8, true],
  // Names of the place and of the person.
  ['musterstadt', 8, false],
  ['Rathaus Musterstadt', 15, false],
  ['Rathaus-Musterstadt-24', 15, false],
  ['haupteingang!1', 8, false],
  ['Ada.Lovelace', 8, false],
  ['lovelace1815', 8, false],
  ['ecalevol ada likes engines', 15, true],
  ['vestibule', 8, false],
  ['vestibule door of seven ships', 15, true],
];

describe('B1 rules of passwords', () => {
  it.each(TABLE.map((row, index) => [index + 1, ...row] as const))(
    '%i: %j with at least %i: %s',
    (_n, plain, least, ok) => {
      expect(faults(plain, least).length === 0, faults(plain, least).join(' ')).toBe(ok);
    },
  );

  it('judges at least 60 passwords', () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(60);
  });

  it('takes every spelling of one text for the same password, and no two texts', () => {
    for (const [one, other] of [
      ['caf\u00e9 au lait', 'cafe\u0301 au lait'],
      ['１２ ships', '12 ships'],
      ['a\u00a0b', 'a b'],
      ['ﬁne', 'fine'],
    ] as const)
      expect(normalisePassword(one)).toBe(normalisePassword(other));
    expect(normalisePassword('Ships')).not.toBe(normalisePassword('ships'));
    expect(normalisePassword(' ships ')).toBe(' ships ');
  });

  it('says what to do, everything at once', () => {
    expect(faults('a\tb')).toEqual([expect.stringMatching(/at least 8/), expect.stringMatching(/Leave out/)]);
    expect(faults('a sentence that goes on '.repeat(50))).toEqual(['Use at most 1024 characters.']);
  });
});

describe('codes of what is wrong', () => {
  it.each([
    ['a\tb', ['password_short', 'password_untypable']],
    ['x'.repeat(1025), ['password_long']],
    ['Password1', ['password_common']],
    ['rstuvwxyz', ['password_pattern']],
    ['Ada Lovelace', ['password_name']],
    ['wet plum horse', []],
  ])('%j: %j', (plain, codes) => {
    expect(passwordFaults(plain, { least: 8, context, isCommon }).map(({ code }) => code)).toEqual(codes);
  });
  it.each([
    ['12a', ['pin_digits']],
    ['123', ['pin_short', 'pin_pattern']],
    ['8049138049138', ['pin_long']],
    ['804913', []],
  ])('PIN %j: %j', (pin, codes) => expect(pinFaults(pin, 6).map(({ code }) => code)).toEqual(codes));
});

describe('B2 block list', () => {
  it('refuses 3,000 of 3,000 common passwords of at least eight characters with a reason', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const tried = dictionary['passwords-common'].filter((one) => one.length >= 8).slice(0, 3000);
    expect(tried).toHaveLength(3000);
    const accepted = tried.filter((one) => !faults(one).some((fault) => /most common/.test(fault)));
    expect(accepted).toEqual([]);
    const asShown = tried.map((one) => one.charAt(0).toUpperCase() + one.slice(1));
    expect(asShown.filter((one) => faults(one).length === 0)).toEqual([]);
  });
});

describe('rules of PINs', () => {
  it.each(['111111', '123456', '987654', '121212', '123123', '90123456', '12345', '1234567890123', '12a456', ''])(
    'refuses %j',
    (pin) => expect(pinFaults(pin, 6).length).toBeGreaterThan(0),
  );
  it.each(['804913', '112233', '0070070', '00000010'])('takes %j', (pin) => expect(pinFaults(pin, 6)).toEqual([]));
});
