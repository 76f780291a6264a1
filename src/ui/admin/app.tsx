import { useEffect, useState } from 'preact/hooks';
import type { DayView, DecisionRow, KioskStatus, Language } from '../../http/contract.js';
import { call } from '../daemon/call.js';
import { Icon } from '../parts/icon.js';
import { fill, LANGUAGES, TABLES } from '../strings/language.js';
import { forgetCode, rememberCode, rememberedCode } from './code.js';
import { Decisions } from './decisions.js';
import { Gate, type GateFault } from './gate.js';
import { PartsHealth } from './parts-health.js';
import { Today } from './today.js';

const REFRESH_MS = 5000;

interface View {
  readonly day: DayView;
  readonly status: KioskStatus;
  readonly decisions: readonly DecisionRow[];
  readonly at: number;
}

/** Read-only view for an administrator: today's events, health of the parts, last decisions. */
export function AdminApp() {
  const [code, setCode] = useState(rememberedCode);
  const [fault, setFault] = useState<GateFault>();
  const [view, setView] = useState<View>();
  const [reachable, setReachable] = useState(true);
  const browser = LANGUAGES.find((l) => navigator.language.startsWith(l)) ?? 'en';
  const [chosen, setChosen] = useState<Language>();
  const language = chosen ?? view?.status.language ?? browser;
  const s = TABLES[language];

  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = view?.status.theme ?? 'auto';
  }, [language, view?.status.theme]);
  useEffect(() => {
    if (code === undefined) return;
    let ended = false;
    let timer = 0;
    const refresh = async () => {
      const [day, status, decisions] = await Promise.all([
        call<DayView>('GET', '/api/v1/admin/today', { code }),
        call<KioskStatus>('GET', '/api/v1/admin/status', { code }),
        call<{ decisions: readonly DecisionRow[] }>('GET', '/api/v1/admin/decisions', { code }),
      ]);
      if (ended) return;
      if (day.ok && status.ok && decisions.ok) {
        rememberCode(code);
        setReachable(true);
        setView({ day: day.value, status: status.value, decisions: decisions.value.decisions, at: Date.now() });
      } else if (!day.ok && day.error.error === 'admin_code_wrong') {
        forgetCode();
        setFault('wrong');
        setView(undefined);
        setCode(undefined);
        return;
      } else if (!day.ok && day.error.error === 'too_many_wrong_codes' && rememberedCode() !== code) {
        setFault('wait');
        setCode(undefined);
        return;
      } else setReachable(false);
      timer = window.setTimeout(() => void refresh(), REFRESH_MS);
    };
    void refresh();
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [code]);

  if (code === undefined) return <Gate s={s} fault={fault} enter={setCode} />;
  const leave = () => {
    forgetCode();
    setView(undefined);
    setFault(undefined);
    setCode(undefined);
  };
  return (
    <div class="admin">
      <header>
        <h1>
          {s.admin.title}
          <small>
            {view !== undefined && `${view.status.site} · ${view.status.kiosk} · `}
            {view !== undefined &&
              fill(s.admin.updated, {
                time: new Date(view.at).toLocaleTimeString(s.locale, { timeZone: view.status.zone }),
              })}
          </small>
        </h1>
        <nav class="languages" aria-label={s.languages}>
          {LANGUAGES.map((l) => (
            <button
              key={l}
              type="button"
              aria-label={TABLES[l].language}
              aria-pressed={l === language}
              onClick={() => setChosen(l)}
            >
              {l.toUpperCase()}
            </button>
          ))}
        </nav>
        <button type="button" class="plain" onClick={leave}>
          {s.admin.leave}
        </button>
      </header>
      {!reachable && (
        <p class="sign" role="alert">
          <Icon name="alert" />
          {s.admin.unreachable}
        </p>
      )}
      {view !== undefined && (
        <div class="columns">
          <Today day={view.day} s={s} />
          <PartsHealth status={view.status} s={s} />
          <Decisions rows={view.decisions} s={s} />
        </div>
      )}
    </div>
  );
}
