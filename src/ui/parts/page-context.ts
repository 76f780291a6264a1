import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { KioskStatus, Language } from '../../http/contract.js';
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
  /** The kiosk makes sounds. */
  readonly sound?: boolean;
  /** The live picture is a mirror image already. */
  readonly mirrored?: boolean;
}

export const PageContext = createContext<PageFacts>({ s: TABLES.en, language: 'en', place: 'remote' });

export function usePage(): PageFacts {
  return useContext(PageContext);
}

/** What the kiosk's status says about the page. */
export function factsOf({ zone, sound, camera }: KioskStatus): Pick<PageFacts, 'zone' | 'sound' | 'mirrored'> {
  return { zone, sound, mirrored: camera.mirrored ?? false };
}
