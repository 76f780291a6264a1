import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { GuidanceCode } from '../../domain/guidance.js';
import type { LivenessShown } from '../../http/contract-login.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { playForChallenge } from '../parts/sound.js';
import { sayAloud } from '../parts/speech.js';
import { fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';
import { GestureStep, LightStep, PassiveStep, PromptStep } from './live-steps.js';
import { Said, useCanAnswer } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** A look that begins by itself and did not begin for so long can be begun by hand. */
const WAITED_MS = 4000;

/**
 * Liveness and pose: the camera looks whether a living person stands there. Movements are asked for one at a time; each
 * begins to count when the page says that it is on the screen.
 */
export function FactorLive(props: {
  readonly attempt: AttemptControl;
  readonly live: ((guidance: GuidanceCode | undefined) => ComponentChildren) | undefined;
}) {
  const { s, place, mirrored } = usePage();
  const { attempt } = props;
  const view = attempt.view?.live;
  if (props.live === undefined) {
    const why = place === 'kiosk' ? s.liveness.reasons.camera_lost : s.login.messages.onlyAtKiosk;
    return <Notice tone="bad">{why}</Notice>;
  }
  const waits = view === undefined || view.state === 'ready' || view.phase === 'passive';
  const picture = props.live(waits && view?.hint === undefined ? attempt.view?.guidance : undefined);
  return (
    <div class={`challenge ${mirrored ? '' : 'mirror'}`}>
      {view?.state === 'running' ? (
        <Running attempt={attempt} view={view} picture={picture} />
      ) : (
        <Ready attempt={attempt} view={view} picture={picture} />
      )}
    </div>
  );
}

/** What is seen before a run and after one that did not pass: what will come, why it did not pass, one large button. */
function Ready(props: {
  readonly attempt: AttemptControl;
  readonly view: LivenessShown | undefined;
  readonly picture: ComponentChildren;
}) {
  const { s } = usePage();
  const { attempt, view } = props;
  const l = s.liveness;
  const can = useCanAnswer(attempt);
  const button = useRef<HTMLButtonElement>(null);
  const failed = attempt.view?.message !== undefined || attempt.problem !== undefined;
  const asked = view !== undefined && (view.level === 'full' || view.factor === 'pose');
  // The passive look begins by itself; after a failure, and when nothing began for a while, the person says when.
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setWaited(true), WAITED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  const pressed = asked || (view !== undefined && (failed || waited));
  useEffect(() => {
    if (pressed && can) button.current?.focus({ preventScroll: true });
  }, [pressed, can]);
  if (!pressed && view !== undefined)
    return (
      <>
        <PassiveStep view={view} picture={props.picture} name={attempt.view?.person?.name} />
        <Spoken text={l.look} />
      </>
    );
  return (
    <div class={`live-ready ${view?.lightAhead ? 'warned' : ''}`}>
      <div class="live-wrap">
        {props.picture}
        {view?.hint !== undefined && <div class="say">{l.hints[view.hint]}</div>}
      </div>
      <div class="live-words">
        {failed ? <Said attempt={attempt} /> : <h2>{asked ? l.title : l.look}</h2>}
        {!failed && asked && <p>{view.gestureAhead ? l.explainGesture : l.explain}</p>}
        {view?.lightAhead && (
          <Notice tone="warn" icon="sun">
            {l.light.warn} {l.light.decline}
          </Notice>
        )}
        {pressed && (
          <button
            ref={button}
            type="button"
            class="primary start"
            disabled={!can}
            onClick={() => attempt.challenge({ do: 'start' })}
          >
            <Icon name="face" />
            {failed ? s.login.again : l.start}
          </button>
        )}
      </div>
    </div>
  );
}

function Running(props: {
  readonly attempt: AttemptControl;
  readonly view: LivenessShown;
  readonly picture: ComponentChildren;
}) {
  const { s, sound, language } = usePage();
  const { attempt, view } = props;
  const { prompt } = view;
  useEffect(() => {
    if (prompt === undefined || !sound) return;
    playForChallenge('asked');
    sayAloud(s.liveness.actions[prompt.action], language);
  }, [prompt?.id]);
  const seen = view.phase === 'neutral' && view.progress > 0;
  useEffect(() => {
    if (seen && sound) playForChallenge('seen');
  }, [seen]);
  const step = { view, picture: props.picture, shown: attempt.shown };
  return (
    <>
      {view.phase === 'light' ? (
        <LightStep {...step} stop={attempt.again} />
      ) : view.phase === 'pose_take' ? (
        <GestureStep {...step} />
      ) : view.phase === 'passive' || view.phase === 'over' ? (
        <PassiveStep {...step} name={attempt.view?.person?.name} />
      ) : (
        <PromptStep {...step} />
      )}
      <Spoken text={spokenOf(view, s)} />
    </>
  );
}

function Spoken({ text }: { readonly text: string }) {
  return (
    <p class="hidden" role="status" aria-live="assertive">
      {text}
    </p>
  );
}

/** What a screen reader says: the movement and how to help it, never how far it has come. */
function spokenOf({ phase, prompt, hint, progress }: LivenessShown, s: Strings): string {
  const l = s.liveness;
  const help = hint === undefined ? '' : l.hints[hint];
  const said: Readonly<Record<LivenessShown['phase'], string>> = {
    passive: l.look,
    neutral: progress > 0 ? `${l.good} ${l.straight}` : l.straight,
    prompt:
      prompt === undefined
        ? l.straight
        : `${fill(l.number, { n: prompt.number, of: prompt.of })}: ${l.actions[prompt.action]}`,
    light: l.light.shown,
    pose_take: l.gesture.now,
    over: s.login.wait,
  };
  return `${said[phase]}. ${help}`.trim();
}

/** Another movement in place of the one that is asked for; part of the foot of the dialogue. */
export function LiveSkip({ attempt }: { readonly attempt: AttemptControl }) {
  const { s } = usePage();
  const live = attempt.view?.live;
  const prompt = live?.state === 'running' ? live.prompt : undefined;
  if (live === undefined || prompt === undefined || live.skipsLeft === 0) return null;
  return (
    <button
      type="button"
      class="plain skip"
      disabled={attempt.busy}
      onClick={() => attempt.challenge({ do: 'skip', id: prompt.id })}
    >
      <Icon name="cross" />
      {s.liveness.skip}
    </button>
  );
}
