import { describe, expect, it } from 'vitest';
import { isMailAddress, isPhoneNumber } from '../../src/adapters/code-destination.js';
import { mailText, smsText } from '../../src/adapters/code-text.js';
import { ScreenMessenger } from '../../src/adapters/messenger-screen.js';
import { carrierContract, MESSAGE } from '../contracts/messenger.js';

/** GSM 03.38 without its extension table. */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

carrierContract('ScreenMessenger', async () => {
  const shown: string[] = [];
  return {
    messenger: new ScreenMessenger((code) => shown.push(code)),
    to: 'p_000000000001',
    received: () => shown,
    close: async () => {},
  };
});

describe('the text of a short message', () => {
  it.each(['en', 'de', 'fr'])('says code, place and minutes in %s', (language) => {
    const text = smsText({ ...MESSAGE, language });
    expect(text.startsWith(MESSAGE.code)).toBe(true);
    expect(text).toContain('Head office, Lobby');
    expect(text).toMatch(/\b5 [Mm]in\b/);
  });

  it('is different in every language, and English for one that is not known', () => {
    const texts = ['en', 'de', 'fr'].map((language) => smsText({ ...MESSAGE, language }));
    expect(new Set(texts).size).toBe(3);
    for (const language of ['xx', '', '__proto__', 'constructor'])
      expect(smsText({ ...MESSAGE, language })).toBe(texts[0]);
  });

  it.each([
    'Head office, Lobby',
    `${'Verwaltungsgebäude '.repeat(4)}, ${'Eingang '.repeat(7)}`,
    'Bibliothèque, entrée côté façade',
    'Кафе, вход',
    '東京本社',
    'Büro 🙂 “West” – 2€ [x]',
    'Line\r\nbreak\u2028here',
  ])('is one segment of the GSM alphabet for %j', (from) => {
    for (const language of ['en', 'de', 'fr']) {
      const text = smsText({ code: '12345678', from, language, minutes: 10 });
      expect(text.length).toBeLessThanOrEqual(160);
      expect(text).toMatch(GSM);
      expect(text).toContain('12345678');
    }
  });

  it('writes letters without the accents that it cannot send, and names the product where nothing is left', () => {
    expect(smsText({ ...MESSAGE, from: 'Côté façade' })).toContain('Coté facade');
    expect(smsText({ ...MESSAGE, from: '東京' })).toContain('Vestibule');
  });
});

describe('the text of a mail', () => {
  it.each(['en', 'de', 'fr'])('says code, place and minutes in %s, with a subject of one line', (language) => {
    const { subject, text } = mailText({ ...MESSAGE, language, from: 'Lobby\nNorth' });
    expect(subject).toContain('Lobby North');
    expect(subject).not.toContain(MESSAGE.code);
    expect(text).toContain(MESSAGE.code);
    expect(text).toContain('5 ');
    expect(mailText({ ...MESSAGE, language, minutes: 1 }).text).not.toContain('1 minutes');
  });
});

describe('destinations', () => {
  it('knows numbers in international form', () => {
    for (const good of ['+15005550009', '+4915112345678', '+1234567']) expect(isPhoneNumber(good)).toBe(true);
    for (const bad of ['15005550009', '+0150', '+1 500', '+1234567890123456', '', '+12345\n'])
      expect(isPhoneNumber(bad)).toBe(false);
  });

  it('knows one plain mail address', () => {
    for (const good of ['a@b', 'ada.l+x@example.org', 'jürgen@exämple.de']) expect(isMailAddress(good)).toBe(true);
    for (const bad of ['a', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b\n', '"a"@b', 'a@b,c@d', 'a@[::1]'])
      expect(isMailAddress(bad)).toBe(false);
  });
});
