import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../../http/contract.js';
import { TABLES } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

/** What every part of the login terminal needs to know about where it is shown. */
export interface PageFacts {
  readonly s: Strings;
  readonly language: Language;
  /** The kiosk's own touchscreen brings its keyboard and its camera; another browser has its own keyboard. */
  readonly place: 'kiosk' | 'remote';
  /** IANA zone of the kiosk's local day, where it is known. */
  readonly zone?: string;
}

export const PageContext = createContext<PageFacts>({ s: TABLES.en, language: 'en', place: 'remote' });

export function usePage(): PageFacts {
  return useContext(PageContext);
}
