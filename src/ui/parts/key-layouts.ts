import type { Language } from '../../http/contract.js';

/** Rows of keys; a name in braces is not a character. */
type Rows = readonly string[];

const SYMBOLS: Rows = [
  '1 2 3 4 5 6 7 8 9 0',
  '! " # $ % & / ( ) =',
  "+ - * _ : ; , . ' ?",
  '{shift} @ € § < > [ ] ~ {bksp}',
  '{letters} | \\ {space} { } ^ ` {enter}',
];

const LETTERS: Readonly<Record<Language, Rows>> = {
  en: [
    '1 2 3 4 5 6 7 8 9 0',
    'q w e r t y u i o p',
    "a s d f g h j k l '",
    '{shift} z x c v b n m {bksp}',
    '{symbols} @ {space} . - {enter}',
  ],
  de: [
    '1 2 3 4 5 6 7 8 9 0 ß',
    'q w e r t z u i o p ü',
    'a s d f g h j k l ö ä',
    '{shift} y x c v b n m {bksp}',
    '{symbols} @ {space} . - {enter}',
  ],
  fr: [
    '1 2 3 4 5 6 7 8 9 0 é',
    'a z e r t y u i o p è',
    'q s d f g h j k l m à',
    '{shift} w x c v b n ç ù {bksp}',
    "{symbols} @ ' {space} . - {enter}",
  ],
};

const DIGITS: Rows = ['1 2 3', '4 5 6', '7 8 9', '{bksp} 0 {enter}'];

/** ß has no capital letter on any keyboard; toUpperCase would make two letters of it. */
const capital = (row: string) =>
  row.replace(/\{\w+\}|\S/g, (key) => (key.length > 1 || key === 'ß' ? key : key.toUpperCase()));

/** Layouts of one language for the keyboard library: letters, shift, symbols, digits. */
export function layoutsOf(language: Language): Record<'letters' | 'shift' | 'symbols' | 'digits', string[]> {
  return {
    letters: [...LETTERS[language]],
    shift: LETTERS[language].map(capital),
    symbols: [...SYMBOLS],
    digits: [...DIGITS],
  };
}
