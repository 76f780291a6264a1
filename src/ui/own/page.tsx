import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { GuidanceCode } from '../../domain/guidance.js';
import type { WireError } from '../../http/contract.js';
import type { RegistrationRules } from '../../http/contract-login.js';
import type { Profile } from '../../http/contract-people.js';
import type { Reply } from '../daemon/call.js';
import { profile } from '../daemon/own.js';
import { registrationRules } from '../daemon/registration.js';
import { endSession } from '../daemon/session.js';
import { AttemptDialogue } from '../login/attempt-dialogue.js';
import { problemText } from '../login/problem-text.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { minutes, useSecondsLeft } from '../parts/use-seconds-left.js';
import { fill } from '../strings/language.js';
import { Corrections } from './corrections.js';
import { Factors } from './factors.js';
import { type Run, RunContext } from './run.js';
import { SessionEnded } from './session-ended.js';
import { useSession } from './session-watch.js';
import { Times } from './times.js';

const TABS = ['times', 'corrections', 'factors'] as const;
type Tab = (typeof TABS)[number];

/** From here on the page says that the session is about to end. */
const SOON_SECONDS = 30;

/** A person's own page. It shows nothing once the session is over, and comes back to the same place afterwards. */
export function OwnPage(props: {
  readonly live?: (guidance: GuidanceCode | undefined) => ComponentChildren;
  /** Signed out, or the page was left alone. */
  readonly leave: () => void;
}) {
  const { s } = usePage();
  const watch = useSession();
  const [known, setKnown] = useState<Profile>();
  const [rules, setRules] = useState<RegistrationRules>();
  const [problem, setProblem] = useState<WireError>();
  const [tab, setTab] = useState<Tab>('times');
  const [round, setRound] = useState(0);
  const [proving, setProving] = useState(false);
  const proven = useRef<(is: boolean) => void>(undefined);
  const personId = watch.session?.person.id;

  useEffect(() => {
    if (personId === undefined || watch.ended) return;
    void profile().then((reply) => {
      if (!reply.ok) return setProblem(reply.error);
      setProblem(undefined);
      setKnown(reply.value);
    });
    if (rules === undefined) void registrationRules().then((reply) => reply.ok && setRules(reply.value));
  }, [personId, watch.ended, round]);
  useEffect(() => {
    if (!watch.ended) return;
    // Nobody who comes next may see it, not even for a moment.
    setKnown(undefined);
    proven.current?.(false);
    setProving(false);
  }, [watch.ended]);

  const run: Run = async <T,>(action: () => Promise<Reply<T>>): Promise<Reply<T>> => {
    const reply = await action();
    if (reply.ok || reply.error.error !== 'factors_missing') return reply;
    const again = await new Promise<boolean>((resolve) => {
      proven.current = resolve;
      setProving(true);
    });
    setProving(false);
    return again ? action() : reply;
  };
  const leave = async () => {
    await endSession();
    props.leave();
  };

  if (watch.ended)
    return <SessionEnded {...(props.live && { live: props.live })} again={watch.renew} leave={props.leave} />;
  const o = s.account.own;
  return (
    <RunContext.Provider value={run}>
      <div class="own" inert={proving}>
        <header>
          <h1>{known === undefined ? o.title : known.person.name}</h1>
          <EndsSoon until={watch.endsAt} />
          <button type="button" class="primary" onClick={() => void leave()}>
            <Icon name="out" />
            {o.signOut}
          </button>
        </header>
        <div class="tabs" role="tablist" aria-label={o.title}>
          {TABS.map((name) => (
            <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => setTab(name)}>
              {o.tabs[name]}
            </button>
          ))}
        </div>
        <div class="content" role="tabpanel" aria-label={o.tabs[tab]}>
          {problem !== undefined && <Notice tone="bad">{problemText(problem, s)}</Notice>}
          {known === undefined && problem === undefined && <p class="wait">{s.login.wait}</p>}
          {known !== undefined && tab === 'times' && <Times />}
          {known !== undefined && tab === 'corrections' && <Corrections />}
          {known !== undefined && tab === 'factors' && rules !== undefined && (
            <Factors
              profile={known}
              rules={rules}
              live={props.live?.(undefined)}
              changed={() => setRound((n) => n + 1)}
            />
          )}
        </div>
      </div>
      {proving && (
        <AttemptDialogue
          purpose="login"
          title={o.proveTitle}
          {...(props.live && { live: props.live })}
          granted={() => proven.current?.(true)}
          close={() => proven.current?.(false)}
        />
      )}
    </RunContext.Provider>
  );
}

/** Says near its end that the session ends; any touch keeps it, which the button says. */
function EndsSoon({ until }: { readonly until: number | undefined }) {
  const { s } = usePage();
  const left = useSecondsLeft(until);
  if (until === undefined || left > SOON_SECONDS) return <span class="grow" />;
  return (
    <span class="grow closing" role="timer">
      {fill(s.account.own.endsIn, { time: minutes(left) })}
      <button type="button" class="plain">
        {s.account.own.stay}
      </button>
    </span>
  );
}
