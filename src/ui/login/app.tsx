import { useEffect, useState } from 'preact/hooks';
import type { KioskStatus, Language } from '../../http/contract.js';
import { call } from '../daemon/call.js';
import { ownSession } from '../daemon/session.js';
import { liveOf } from '../kiosk/terminal.js';
import { OwnPage } from '../own/page.js';
import { LanguageChoice } from '../parts/language-choice.js';
import { factsOf, PageContext } from '../parts/page-context.js';
import { RegisterDialogue } from '../register/dialogue.js';
import { LANGUAGES, TABLES } from '../strings/language.js';
import { AttemptDialogue } from './attempt-dialogue.js';

type View = 'wait' | 'login' | 'otp' | 'register' | 'own';

/** Address ↔ view; the address is changed with the view, so that a reload comes back to it. */
const PATHS: Readonly<Record<Exclude<View, 'wait'>, string>> = {
  login: '/login',
  otp: '/otp',
  register: '/register',
  own: '/me',
};

/** `/login?purpose=admin` is the way to the administration page. */
const purpose = new URLSearchParams(window.location.search).get('purpose') === 'admin' ? 'admin' : 'login';

/** The pages for any browser: log in, one-time code, registration, the own page. On the kiosk itself with its camera. */
export function LoginApp() {
  const [view, setView] = useState<View>('wait');
  const [status, setStatus] = useState<KioskStatus>();
  const [local, setLocal] = useState<boolean>();
  const browser = LANGUAGES.find((l) => navigator.language.startsWith(l)) ?? 'en';
  const [chosen, setChosen] = useState<Language>();
  const language = chosen ?? status?.language ?? browser;
  const s = TABLES[language];
  const theme = status?.theme ?? 'auto';
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = theme;
  }, [language, theme]);

  const go = (next: Exclude<View, 'wait'>) => {
    const query = next === 'login' && purpose === 'admin' ? '?purpose=admin' : '';
    if (window.location.pathname !== PATHS[next]) history.replaceState(null, '', `${PATHS[next]}${query}`);
    setView(next);
  };
  useEffect(() => {
    const begin = async () => {
      const [state, session] = await Promise.all([
        call<{ status: KioskStatus }>('GET', '/api/v1/state'),
        window.location.pathname === PATHS.register ? undefined : ownSession(),
      ]);
      // Only the kiosk itself answers here; other browsers have neither its camera nor need its keyboard.
      setLocal(state.ok);
      if (state.ok) setStatus(state.value.status);
      if (session?.ok && session.value.purpose !== 'setup') {
        if (purpose !== 'admin') return go('own');
        if (session.value.purpose === 'admin') return window.location.assign('/admin');
      }
      const asked = (['otp', 'register'] as const).find((one) => PATHS[one] === window.location.pathname);
      go(asked ?? 'login');
    };
    void begin();
  }, []);

  if (local === undefined || view === 'wait') return null;
  const live = status === undefined ? undefined : liveOf(status, true);
  const seen = live === undefined ? {} : { live };
  return (
    <PageContext.Provider
      value={{ s, language, place: local ? 'kiosk' : 'remote', ...(status !== undefined && factsOf(status)) }}
    >
      <div class="login-page">
        <div class="login-top">
          {view === 'register' && (
            <button type="button" class="plain" onClick={() => go('login')}>
              {s.login.entry.signIn}
            </button>
          )}
          <LanguageChoice language={language} choose={setChosen} />
        </div>
        <main class="login-stage">
          {view === 'own' && <OwnPage {...seen} leave={() => go('login')} />}
          {view === 'register' && <RegisterDialogue finished={() => go('login')} />}
          {(view === 'login' || view === 'otp') && (
            <AttemptDialogue
              key={view}
              purpose={purpose}
              {...(view === 'otp' && { prefer: 'otp' as const })}
              {...seen}
              granted={() => (purpose === 'admin' ? window.location.assign('/admin') : go('own'))}
            >
              {purpose === 'login' && (
                <button type="button" class="plain" onClick={() => go('register')}>
                  {s.login.entry.register}
                </button>
              )}
            </AttemptDialogue>
          )}
        </main>
      </div>
    </PageContext.Provider>
  );
}
