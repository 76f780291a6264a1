import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Language } from '../../http/contract.js';
import { call } from '../daemon/call.js';
import { useSession } from '../own/session-watch.js';
import { Icon } from '../parts/icon.js';
import { LanguageChoice } from '../parts/language-choice.js';
import { PageContext } from '../parts/page-context.js';
import { TouchKeyboard } from '../parts/touch-keyboard.js';
import { fill, LANGUAGES, TABLES } from '../strings/language.js';
import { STAFF_TABLES } from '../strings/staff.js';
import { Corrections } from './corrections.js';
import { Decisions } from './decisions.js';
import { Gate } from './gate.js';
import { LastDecisions } from './last-decisions.js';
import { PartsHealth } from './parts-health.js';
import { People } from './people.js';
import { useSignIn } from './sign-in.js';
import { atLeast, roleOf, type Staff, StaffContext, staffCall } from './staff.js';
import { Today } from './today.js';
import { useOverview } from './use-overview.js';

const TABS = ['overview', 'people', 'corrections', 'decisions'] as const;
type Tab = (typeof TABS)[number];

/** The administration: the day and the health of the parts, people, corrections, decisions. */
export function AdminApp() {
  const { access, looking, fault, enter, leave, accepted, refused } = useSignIn();
  const [tab, setTab] = useState<Tab>('overview');
  const place = usePlace();
  const { view, reachable } = useOverview(access, tab === 'overview', { accepted, refused });
  const browser = LANGUAGES.find((l) => navigator.language.startsWith(l)) ?? 'en';
  const [chosen, setChosen] = useState<Language>();
  const language = chosen ?? view?.status.language ?? browser;
  const [s, w] = [TABLES[language], STAFF_TABLES[language]];
  const zone = view?.status.zone ?? 'UTC';

  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = view?.status.theme ?? 'auto';
  }, [language, view?.status.theme]);
  const staff = useMemo<Staff | undefined>(
    () =>
      access && {
        access,
        role: roleOf(access),
        s,
        w,
        language,
        zone,
        send: async (method, path, json) => {
          const reply = await staffCall<never>(access, method, path, json === undefined ? {} : { json });
          if (!reply.ok) refused(reply.error.error);
          return reply;
        },
      },
    [access, language, zone, refused],
  );

  if (looking) return null;
  if (access === undefined || staff === undefined)
    return (
      <PageContext.Provider value={{ s, language, place }}>
        <Gate s={s} w={w} fault={fault} enter={enter} />
      </PageContext.Provider>
    );
  const tabs = TABS.filter((one) => one !== 'corrections' || atLeast(staff.role, 'manager'));
  const signedIn =
    access.kind === 'code' ? w.byCode : fill(w.signedInAs, { name: access.name, role: w.roles[access.role] });
  return (
    <PageContext.Provider value={{ s, language, place, zone }}>
      <StaffContext.Provider value={staff}>
        {access.kind === 'session' && <SessionAlive />}
        <div class="admin">
          <header>
            <h1>
              {s.admin.title}
              <small>
                {view !== undefined && `${view.status.site} · ${view.status.kiosk} · `}
                {signedIn}
              </small>
            </h1>
            <LanguageChoice language={language} choose={setChosen} />
            <button
              type="button"
              class="plain"
              onClick={() => {
                setTab('overview');
                leave();
              }}
            >
              {s.admin.leave}
            </button>
          </header>
          <nav class="picks tabs" aria-label={s.admin.title}>
            {tabs.map((one) => (
              <button key={one} type="button" aria-pressed={one === tab} onClick={() => setTab(one)}>
                {w.tabs[one]}
              </button>
            ))}
            {view !== undefined && tab === 'overview' && (
              <span>
                {fill(s.admin.updated, { time: new Date(view.at).toLocaleTimeString(s.locale, { timeZone: zone }) })}
              </span>
            )}
          </nav>
          {!reachable && (
            <p class="sign" role="alert">
              <Icon name="alert" />
              {s.admin.unreachable}
            </p>
          )}
          {view !== undefined && (
            <div class="columns">
              {tab === 'overview' && (
                <>
                  <Today day={view.day} s={s} />
                  <PartsHealth status={view.status} s={s} />
                  <LastDecisions rows={view.decisions} s={s} zone={zone} />
                </>
              )}
              {tab === 'people' && <People />}
              {tab === 'corrections' && <Corrections />}
              {tab === 'decisions' && <Decisions today={view.day.day} />}
            </div>
          )}
          <TouchKeyboard />
        </div>
      </StaffContext.Provider>
    </PageContext.Provider>
  );
}

/** Only the kiosk itself answers about its state; another browser has a keyboard of its own. */
function usePlace(): 'kiosk' | 'remote' {
  const [place, setPlace] = useState<'kiosk' | 'remote'>('remote');
  useEffect(() => {
    void call('GET', '/api/v1/state').then((reply) => setPlace(reply.ok ? 'kiosk' : 'remote'));
  }, []);
  return place;
}

/** Tells the kiosk that somebody works here, and notices when it ended the session. */
function SessionAlive() {
  useSession();
  return null;
}
