import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../../../src/auth/factors/otp-channels.js';
import { destinationOf, inCountries, maskedEmail, maskedPhone } from '../../../src/auth/factors/otp-destination.js';
import { OTP_CHANNEL_IDS } from '../../../src/config/schema-login.js';

describe('allowed countries', () => {
  it.each([
    ['+4915112345678', ['+49'], true],
    ['+4915112345678', [], false],
    ['+4915112345678', ['+43', '+41'], false],
    ['+4915112345678', ['+4'], false],
    ['+393331234567', ['+39', '+49'], true],
    ['+18765551234', ['+1'], true],
    ['+18765551234', ['+1876'], true],
    ['+14155550123', ['+1876'], false],
    ['015112345678', ['+49'], false],
    ['+49 151 12345678', ['+49'], false],
    ['+4915112345678;ext=1', ['+49'], false],
    ['+49', ['+49'], false],
    ['', ['+49'], false],
  ])('%s with %j: %s', (number, countries, allowed) => {
    expect(inCountries(number, countries)).toBe(allowed);
  });
});

describe('where a code goes', () => {
  const phone = { number: '+4915112345678' };
  const confirmedAt = '2026-11-01T08:00:00.000Z';
  it('is the confirmed number or address of the record; an unconfirmed one only to confirm it', () => {
    const sms = CHANNELS['twilio-sms'];
    expect(destinationOf({ phone: { ...phone, confirmedAt } }, sms, ['+49'], false)).toBe(phone.number);
    expect(destinationOf({ phone }, sms, ['+49'], false)).toBeUndefined();
    expect(destinationOf({ phone }, sms, ['+49'], true)).toBe(phone.number);
    expect(destinationOf({ phone }, sms, ['+43'], true)).toBeUndefined();
    const email = { address: 'jo@example.org' };
    expect(destinationOf({ email }, CHANNELS.email, [], false)).toBeUndefined();
    expect(destinationOf({ email: { ...email, confirmedAt } }, CHANNELS.email, [], false)).toBe(email.address);
    expect(destinationOf({ email, phone }, CHANNELS.totp, ['+49'], true)).toBeUndefined();
    expect(destinationOf(undefined, CHANNELS.screen, ['+49'], true)).toBeUndefined();
  });

  it('is known for every channel of the configuration', () => {
    expect(Object.keys(CHANNELS).sort()).toEqual([...OTP_CHANNEL_IDS].sort());
  });

  it('is shown masked', () => {
    expect(maskedPhone('+4915112345678')).toBe('••• ••• 78');
    expect(maskedPhone('+43123456778')).toBe('••• ••• 78');
    expect(maskedEmail('jo.doe@mail.example.org')).toBe('j•••@m•••.org');
    expect(maskedEmail('"a@b"@example')).toBe('"•••@e•••');
    expect(maskedEmail('nothing')).toBe('•••@n•••');
  });
});
