import type { CodeMessage } from '../ports/messenger.js';

interface Words {
  sms(code: string, from: string, minutes: number): string;
  subject(from: string): string;
  mail(code: string, from: string, minutes: number): readonly string[];
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    sms: (code, from, minutes) =>
      `${code} is your code for ${from}. Valid for ${minutes} min. Not you? Tell an administrator.`,
    subject: (from) => `Your code for ${from}`,
    mail: (code, from, minutes) => [
      `Your code for ${from} is:`,
      `    ${code}`,
      minutes === 1 ? 'It is valid for one minute, once.' : `It is valid for ${minutes} minutes, once.`,
      'Nobody will ask you for this code, not by telephone either. If you did not ask for it, somebody else gave your name at the kiosk: tell an administrator, and do not pass the code on.',
    ],
  },
  de: {
    sms: (code, from, minutes) =>
      `${code} ist Ihr Code für ${from}. ${minutes} Min. gültig. Nicht angefordert? Bitte der Verwaltung melden.`,
    subject: (from) => `Ihr Code für ${from}`,
    mail: (code, from, minutes) => [
      `Ihr Code für ${from} lautet:`,
      `    ${code}`,
      minutes === 1 ? 'Er gilt eine Minute lang, einmal.' : `Er gilt ${minutes} Minuten lang, einmal.`,
      'Niemand wird Sie nach diesem Code fragen, auch nicht am Telefon. Wenn Sie ihn nicht angefordert haben, hat jemand anders am Terminal Ihren Namen angegeben: Melden Sie es der Verwaltung und geben Sie den Code nicht weiter.',
    ],
  },
  fr: {
    sms: (code, from, minutes) =>
      `${code} est votre code pour ${from}. Valable ${minutes} min. Pas vous ? Prévenez un administrateur.`,
    subject: (from) => `Votre code pour ${from}`,
    mail: (code, from, minutes) => [
      `Votre code pour ${from} est :`,
      `    ${code}`,
      minutes === 1
        ? 'Il est valable une minute, une seule fois.'
        : `Il est valable ${minutes} minutes, une seule fois.`,
      'Personne ne vous demandera ce code, pas même par téléphone. Si vous ne l’avez pas demandé, quelqu’un d’autre a donné votre nom à la borne : prévenez un administrateur et ne transmettez pas le code.',
    ],
  },
};

/** Septets of one SMS in the alphabet of GSM 03.38; a message with any other letter holds 70 characters only. */
const SMS_SEPTETS = 160;
const GSM_LETTERS = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/**
 * Text of a short message: always one segment of the GSM alphabet, so that it costs one message and arrives in one
 * piece. The name of the place gives way for that: accents that the alphabet lacks go, then what is too long.
 */
export function smsText({ code, from, language, minutes }: CodeMessage): string {
  const { sms } = wordsOf(language);
  const room = SMS_SEPTETS - sms(code, '', minutes).length;
  const place = gsmText(oneLine(from)) || 'Vestibule';
  return sms(code, place.length <= room ? place : `${place.slice(0, room - 3).trimEnd()}...`, minutes);
}

/** Subject and text of a mail. The subject does not hold the code: locked screens show it. */
export function mailText({ code, from, language, minutes }: CodeMessage): { subject: string; text: string } {
  const { subject, mail } = wordsOf(language);
  const place = oneLine(from) || 'Vestibule';
  return { subject: subject(place), text: `${mail(code, place, minutes).join('\n\n')}\n` };
}

function wordsOf(language: string): Words {
  const found = Object.entries(WORDS).find(([name]) => name === language);
  return (found ?? Object.entries(WORDS)[0]!)[1];
}

/** Names come from the configuration; they may not bring a line end into a header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function gsmText(text: string): string {
  const letters = Array.from(text.normalize('NFC'), (letter) => {
    if (GSM_LETTERS.has(letter)) return letter;
    return Array.from(letter.normalize('NFD'))
      .filter((part) => GSM_LETTERS.has(part))
      .join('');
  });
  return letters.join('').replace(/ +/g, ' ').trim();
}
