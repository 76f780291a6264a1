import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Purpose } from '../../domain/decision.js';
import type { FactorKind } from '../../domain/factor.js';
import type { GuidanceCode } from '../../domain/guidance.js';
import type { Reason } from '../../domain/reason.js';
import type { AttemptView } from '../../http/contract-login.js';
import { Frame } from '../parts/frame.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { useSecondsLeft } from '../parts/use-seconds-left.js';
import { fill } from '../strings/language.js';
import { FactorBadge } from './factor-badge.js';
import { FactorFace } from './factor-face.js';
import { FactorLive, LiveSkip } from './factor-live.js';
import { FactorOtp } from './factor-otp.js';
import { FactorSecret } from './factor-secret.js';
import { Identify } from './identify.js';
import { Outcome } from './outcome.js';
import { Said } from './said.js';
import { type AttemptControl, BY_CAMERA, useAttempt } from './use-attempt.js';
import { Progress, Ways } from './ways.js';

/** From here on the page says that it is about to close. */
const SOON_SECONDS = 20;

/** Whoever was recognised and walked on makes room for the next one after this time. */
const WALKED_ON_MS = 5000;

/** One attempt from "who are you" to its end. Cancel and Back always work; nothing stays on the page after it. */
export function AttemptDialogue(props: {
  readonly purpose: Purpose;
  readonly title?: string;
  readonly attemptId?: string;
  readonly badge?: string;
  /** Whoever was signed in here before is signed out first. */
  readonly anew?: boolean;
  /** A way that begins with this factor is taken, else one that holds it. */
  readonly prefer?: FactorKind;
  /** The live picture, where this page may show it. */
  readonly live?: (guidance: GuidanceCode | undefined) => ComponentChildren;
  readonly granted: (view: AttemptView) => void;
  /** Leaves without an outcome; absent where there is nothing to go back to. */
  readonly close?: () => void;
  /** More to press while nobody is named yet. */
  readonly children?: ComponentChildren;
}) {
  const { s } = usePage();
  const { purpose, prefer } = props;
  const attempt = useAttempt(purpose, {
    ...(props.attemptId !== undefined && { attemptId: props.attemptId }),
    ...(props.badge !== undefined && { badge: props.badge }),
    ...(props.anew && { anew: true }),
  });
  const [choosing, setChoosing] = useState(false);
  const [typing, setTyping] = useState(false);
  const offered = useRef<AttemptView['identifyBy']>([]);
  const [byBadge, setByBadge] = useState(false);
  const { view } = attempt;

  useEffect(() => {
    if (view?.phase === 'granted' && purpose !== 'door') props.granted(view);
  }, [view?.phase]);
  const named = view?.phase === 'factors' && !typing;
  // The fields of a way that is about to be left would lose what is typed into them.
  const [settled, setSettled] = useState(prefer === undefined);
  const preferred = useRef(false);
  useLayoutEffect(() => {
    if (prefer === undefined) return;
    if (!named) {
      preferred.current = false;
      setSettled(false);
      return;
    }
    if (settled || attempt.busy) return;
    // A badge or face that passed already has chosen its way.
    const isChosen = preferred.current || view.steps.some(({ state }) => state === 'passed');
    const index = isChosen ? view.chosen : preferredWay(view, prefer);
    preferred.current = true;
    if (index === view.chosen) setSettled(true);
    else attempt.choose(index);
  }, [named, attempt.busy]);
  const { close } = props;
  const walkedOn = props.attemptId !== undefined && named && !choosing && view.live?.hint === 'no_face';
  useEffect(() => {
    if (!walkedOn || close === undefined) return;
    const timer = window.setTimeout(close, WALKED_ON_MS);
    return () => window.clearTimeout(timer);
  }, [walkedOn]);

  const title = props.title ?? s.login.titles[purpose];
  const closing = props.close === undefined ? {} : { close: props.close };
  const end = (good: boolean, head: string, text: string) => (
    <Frame title={title}>
      <Outcome good={good} title={head} text={text} again={attempt.again} {...closing} />
    </Frame>
  );
  if (attempt.over) return end(false, s.login.over.title, s.login.over.text);
  if (view?.phase === 'denied')
    return end(false, s.login.denied, reasonText(view.reason, s.reasons, s.login.deniedText));
  if (view?.phase === 'granted' && purpose === 'door')
    return (
      <Frame title={title}>
        <Outcome good title={s.login.door.title} text={s.login.door.text} {...closing} />
      </Frame>
    );
  // Once somebody is found nothing is offered any more; the page stays as it is for whoever still types.
  if (view?.phase === 'identify') offered.current = view.identifyBy;
  const ways = offered.current;
  const identifying = view?.phase === 'identify' || (view?.phase === 'factors' && typing);
  // Where only the face says who somebody is, there is nothing to type.
  const typed = ways.includes('name') || ways.includes('badge');
  const by = ways.includes('badge') && (byBadge || !ways.includes('name')) ? 'badge' : 'name';
  const beside = identifying ? (
    <>
      {ways.includes('name') && ways.includes('badge') && (
        <button type="button" class="plain" onClick={() => setByBadge(!byBadge)}>
          <Icon name={by === 'name' ? 'badge' : 'one'} />
          {by === 'name' ? s.login.byBadge : s.login.byName}
        </button>
      )}
      {props.children}
    </>
  ) : undefined;
  const several = named && view.alternatives.length > 1;
  return (
    <Frame
      title={title}
      beside={named ? <Progress view={view} /> : beside}
      leave={props.close === undefined ? undefined : { text: s.login.cancel, go: props.close }}
      touched={attempt.touch}
      foot={
        <>
          {named && (
            <button type="button" class="plain" onClick={choosing ? () => setChoosing(false) : attempt.again}>
              <Icon name="left" />
              {s.login.back}
            </button>
          )}
          {named && !choosing && <LiveSkip attempt={attempt} />}
          <Closing attempt={attempt} />
          {several && !choosing && (
            <button type="button" class="plain" onClick={() => setChoosing(true)}>
              <Icon name="swap" />
              {s.login.other}
            </button>
          )}
        </>
      }
    >
      {view === undefined &&
        (attempt.problem === undefined ? <p class="wait">{s.login.wait}</p> : <Said attempt={attempt} />)}
      {identifying && !typed && <FactorFace attempt={attempt} live={props.live?.(view.guidance)} />}
      {identifying && typed && (
        <Identify
          key={by}
          attempt={attempt}
          by={by}
          ways={ways}
          typing={setTyping}
          live={props.live?.(view.guidance)}
        />
      )}
      {named && choosing && (
        <Ways
          view={view}
          busy={attempt.busy}
          choose={(index) => {
            setChoosing(false);
            if (index !== view.chosen) attempt.choose(index);
          }}
        />
      )}
      {named && !choosing && !settled && <p class="wait">{s.login.wait}</p>}
      {named && !choosing && settled && <Factor attempt={attempt} view={view} live={props.live} />}
    </Frame>
  );
}

/** Index of the way to take for somebody who prefers a factor; the chosen one where no other is better. */
function preferredWay({ alternatives, chosen }: AttemptView, factor: FactorKind): number {
  const begins = alternatives.findIndex((way) => way[0]?.includes(factor));
  if (begins >= 0) return begins;
  const holds = alternatives.findIndex((way) => way.flat().includes(factor));
  return holds < 0 || alternatives[chosen]?.flat().includes(factor) ? chosen : holds;
}

function reasonText(reason: string | undefined, reasons: Readonly<Record<Reason, string>>, other: string): string {
  return (reason !== undefined && (reasons as Readonly<Record<string, string>>)[reason]) || other;
}

/** How soon the attempt ends by itself, said only near its end. */
function Closing({ attempt }: { readonly attempt: AttemptControl }) {
  const { s } = usePage();
  const left = useSecondsLeft(attempt.view === undefined ? undefined : attempt.at + attempt.view.expiresInMs);
  if (attempt.view === undefined || left > SOON_SECONDS) return <span class="grow" />;
  return (
    <span class="grow closing" role="timer">
      {fill(s.login.closes, { n: left })}
    </span>
  );
}

/** What is asked for now: of a step that is answered together, one thing after the other, the face at last. */
function Factor(props: {
  readonly attempt: AttemptControl;
  readonly view: AttemptView;
  readonly live: ((guidance: GuidanceCode | undefined) => ComponentChildren) | undefined;
}) {
  const { s, place } = usePage();
  const { attempt, view } = props;
  const step = view.steps.find(({ state }) => state === 'current');
  const missing = step?.factors.filter(({ state }) => state === 'unavailable') ?? [];
  if (missing.length > 0) {
    const elsewhere = place === 'remote' && missing.some(({ kind }) => BY_CAMERA.includes(kind));
    const why = view.message?.detail;
    const here = why === undefined ? s.login.messages.unavailable : s.liveness.reasons[why];
    return <Notice tone="bad">{elsewhere ? s.login.messages.onlyAtKiosk : here}</Notice>;
  }
  const waiting = step?.factors.filter(({ state }) => state === 'waiting').map(({ kind }) => kind) ?? [];
  const next = waiting.find((kind) => kind !== 'face') ?? waiting[0];
  const live = props.live?.(view.guidance);
  const key = `${view.chosen}-${next}`;
  switch (next) {
    case 'password':
    case 'pin':
      return <FactorSecret key={key} kind={next} attempt={attempt} />;
    case 'badge':
      return <FactorBadge key={key} attempt={attempt} live={live} />;
    case 'otp':
      return <FactorOtp key={key} attempt={attempt} />;
    case 'face':
      return <FactorFace key={key} attempt={attempt} live={live} />;
    case 'liveness':
    case 'pose':
      return <FactorLive key={key} attempt={attempt} live={props.live} />;
    case undefined:
      return <p class="wait">{s.login.wait}</p>;
    default:
      return <Notice tone="bad">{s.login.messages.unavailable}</Notice>;
  }
}
