import { describe, expect, it } from 'vitest';
import { checkUserName, userNameKey } from '../../src/people/user-name.js';

describe('user names', () => {
  it.each([
    ['ada', 'ADA'],
    ['Straße', 'STRASSE'],
    ['caf\u00e9', 'CAFE\u0301'],
    ['ａｄａ', 'ada'],
    ['ΟΔΟΣ', 'οδος'],
    [' ada ', 'ada'],
  ])('%j and %j are one', (one, other) => {
    expect(userNameKey(one)).toBe(userNameKey(other));
    expect(checkUserName(one).ok).toBe(true);
  });

  it('keeps the spelling that is shown', () => {
    expect(checkUserName(' Ada.Lovelace@example.org ')).toEqual({
      ok: true,
      userName: 'Ada.Lovelace@example.org',
      key: 'ada.lovelace@example.org',
    });
  });

  it.each(['ratan tata', "o'neil", 'дарья', '李雷', 'ada+door', 'ada_1', '47', 'प्रिया'])('takes %j', (name) => {
    expect(checkUserName(name).ok).toBe(true);
  });

  it.each([
    'a',
    '',
    'x'.repeat(65),
    '.ada',
    'a  b',
    'ada\u202eb',
    'ada\u200b',
    'ada\nb',
    '../etc',
    '<b>ada</b>',
    'ada;b',
    'ada\u0000',
    '=1+1',
    '\u0430dmin',
    'αdmin',
    'ada\ud800',
    '🦊🦊',
  ])('refuses %j with a sentence', (name) => {
    expect(checkUserName(name)).toEqual({ ok: false, detail: expect.stringMatching(/\.$/) });
  });
});
