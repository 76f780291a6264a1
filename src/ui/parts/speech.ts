import type { Language } from '../../http/contract.js';

/** Says a text aloud where this device itself has a voice for the language; a voice of the network is never used. */
export function sayAloud(text: string, language: Language): void {
  if (!('speechSynthesis' in window)) return;
  const voice = speechSynthesis.getVoices().find((one) => one.localService && one.lang.startsWith(language));
  if (voice === undefined) return;
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice;
  said.lang = voice.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}
