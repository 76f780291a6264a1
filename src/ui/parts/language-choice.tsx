import type { Language } from '../../http/contract.js';
import { LANGUAGES, TABLES } from '../strings/language.js';

/** One button for each language of the page. */
export function LanguageChoice(props: { readonly language: Language; readonly choose: (language: Language) => void }) {
  return (
    <nav class="languages" aria-label={TABLES[props.language].languages}>
      {LANGUAGES.map((code) => (
        <button
          key={code}
          type="button"
          aria-label={TABLES[code].language}
          aria-pressed={code === props.language}
          onClick={() => props.choose(code)}
        >
          {code.toUpperCase()}
        </button>
      ))}
    </nav>
  );
}
