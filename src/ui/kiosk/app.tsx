import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { KioskStatus, Language, WireMoment } from '../../http/contract.js';
import { listenToKiosk } from '../daemon/kiosk-events.js';
import { EnrolDialogue } from '../enrol/dialogue.js';
import { listenForBadge } from '../parts/badge-wedge.js';
import { Icon } from '../parts/icon.js';
import { LanguageChoice } from '../parts/language-choice.js';
import { factsOf, PageContext } from '../parts/page-context.js';
import { playFor } from '../parts/sound.js';
import { TABLES } from '../strings/language.js';
import { Entry } from './entry.js';
import { Guidance } from './guidance.js';
import { LiveView } from './live-view.js';
import { Sheet } from './sheet.js';
import { Signs } from './signs.js';
import { spoken } from './spoken.js';
import { Terminal, type TerminalView } from './terminal.js';
import { UseCamera } from './use-camera.js';
import { WallClock } from './wall-clock.js';

/** A language that somebody chose is given back after this time without a person. */
const LANGUAGE_KEPT_MS = 60_000;
/** An outcome leaves the page by itself even when the daemon says nothing more. */
const OUTCOME_KEPT_MS = 20_000;

/** The touchscreen page: shows the daemon's moment; has no state of its own but language and dialogue. */
export function App() {
  const [moment, setMoment] = useState<WireMoment>({ kind: 'idle' });
  const [status, setStatus] = useState<KioskStatus>();
  const [connected, setConnected] = useState(true);
  const [chosen, setChosen] = useState<Language>();
  const [enrolling, setEnrolling] = useState(false);
  const [view, setView] = useState<TerminalView>();
  const version = useRef<string>(undefined);
  const sound = useRef(false);

  const show = useCallback((next: WireMoment) => setMoment(next), []);
  useEffect(
    () =>
      listenToKiosk({
        moment: (next) => {
          setMoment(next);
          if (sound.current) playFor(next.kind);
        },
        status: (next) => {
          // A newer daemon serves a newer page.
          if (version.current !== undefined && version.current !== next.version) window.location.reload();
          version.current = next.version;
          sound.current = next.sound;
          setStatus(next);
        },
        connected: setConnected,
      }),
    [],
  );
  useEffect(() => {
    if (moment.kind !== 'idle' || chosen === undefined || enrolling || view !== undefined) return;
    const timer = window.setTimeout(() => setChosen(undefined), LANGUAGE_KEPT_MS);
    return () => window.clearTimeout(timer);
  }, [moment.kind, chosen, enrolling, view]);
  useEffect(() => {
    if (['idle', 'guidance', 'recognised'].includes(moment.kind)) return;
    const timer = window.setTimeout(() => setMoment({ kind: 'idle' }), OUTCOME_KEPT_MS);
    return () => window.clearTimeout(timer);
  }, [moment]);

  const language = chosen ?? status?.language ?? 'en';
  const s = TABLES[language];
  const theme = status?.theme ?? 'auto';
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = theme;
  }, [language, theme]);

  const busy = enrolling || view !== undefined;
  const mayPunch = status?.terminal.attend ?? false;
  useEffect(() => {
    if (busy || !connected || !mayPunch) return;
    return listenForBadge((badge) => setView({ kind: 'attempt', purpose: 'attend', badge }));
  }, [busy, connected, mayPunch]);
  const attemptId = moment.kind === 'attempt' ? moment.attemptId : undefined;
  useEffect(() => {
    if (attemptId !== undefined && !enrolling) setView({ kind: 'attempt', purpose: 'attend', attemptId });
  }, [attemptId]);

  if (status === undefined) return <Lost title={s.lost.title} text={s.lost.text} />;
  const now = new Intl.DateTimeFormat('en-GB', { timeZone: status.zone, hour: '2-digit', minute: '2-digit' });
  // One stream of pictures is enough; only pictures that this page sends itself must go on.
  const covered = view !== undefined && status.camera.kind !== 'browser';
  const blind = status.camera.state === 'none';
  return (
    <PageContext.Provider value={{ s, language, place: 'kiosk', ...factsOf(status) }}>
      <div class="kiosk" data-moment={moment.kind}>
        <header class="top" inert={busy}>
          <div class="place">
            <span>{status.site}</span>
            <span class="kiosk-name">{status.kiosk}</span>
          </div>
          <LanguageChoice language={language} choose={setChosen} />
        </header>
        <main class={blind ? 'stage blind' : 'stage'} inert={busy}>
          {!covered && !blind && (
            <LiveView status={status} connected={connected} s={s}>
              {moment.kind === 'guidance' && <Guidance code={moment.code} s={s} />}
              {status.camera.kind === 'browser' && <UseCamera s={s} />}
            </LiveView>
          )}
          <section class="side">
            <WallClock zone={status.zone} s={s} />
            {status.camera.state === 'running' && moment.kind !== 'guidance' && (
              <div class="hint">
                <Icon name="face" />
                {s.idle.hint}
              </div>
            )}
            <Entry
              s={s}
              terminal={status.terminal}
              punch={() => setView({ kind: 'attempt', purpose: 'attend' })}
              signIn={() => setView({ kind: 'attempt', purpose: 'login' })}
            />
          </section>
          {!busy && <Sheet moment={moment} s={s} now={now.format(Date.now())} show={show} />}
        </main>
        <footer class="bottom" inert={busy}>
          <Signs status={status} s={s} />
          {status.enrolmentAllowed && (
            <button type="button" class="plain" onClick={() => setEnrolling(true)}>
              <Icon name="one" />
              {s.enrol.open} {s.enrol.title}
            </button>
          )}
        </footer>
        <div class="hidden" role="status" aria-live="polite">
          {spoken(moment, s)}
        </div>
        {enrolling && <EnrolDialogue s={s} language={language} close={() => setEnrolling(false)} />}
        {view !== undefined && <Terminal view={view} status={status} connected={connected} set={setView} />}
        {!connected && <Lost title={s.lost.title} text={s.lost.text} />}
      </div>
    </PageContext.Provider>
  );
}

function Lost({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div class="cover" role="alert">
      <Icon name="link" />
      <h1>{title}</h1>
      <p>{text}</p>
    </div>
  );
}
