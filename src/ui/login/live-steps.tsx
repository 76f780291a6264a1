import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { LivenessShown } from '../../http/contract-login.js';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import { fill } from '../strings/language.js';
import { ActionPicture, Bust } from './action-picture.js';
import { LiveRing } from './live-ring.js';
import { POSE_TAKE_MS } from './pose-take.js';
import { useShown } from './use-shown.js';

interface StepProps {
  readonly view: LivenessShown;
  /** The live picture. */
  readonly picture: ComponentChildren;
  readonly shown: (id: string) => void;
}

function LivePicture(props: {
  readonly view: LivenessShown;
  readonly picture: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  const { s } = usePage();
  const { phase } = props.view;
  // Between two movements the title says it already.
  const hint = phase === 'neutral' && props.view.hint === 'look_straight' ? undefined : props.view.hint;
  return (
    <div class="live-wrap">
      {props.picture}
      {props.children}
      {hint !== undefined && (
        <div class="say" key={hint}>
          {s.liveness.hints[hint]}
        </div>
      )}
    </div>
  );
}

/** The short look at the camera: nothing to do but stand there while the ring fills. */
export function PassiveStep({ view, picture, name }: Omit<StepProps, 'shown'> & { readonly name: string | undefined }) {
  const { s } = usePage();
  const over = view.phase === 'over';
  return (
    <div class="live-prompt">
      <h2 class="asked">
        {name !== undefined && <span class="who">{fill(s.ask.hello, { name })}</span>}
        {over ? s.login.wait : s.liveness.look}
      </h2>
      <div class="pair">
        <LivePicture view={view} picture={picture} />
        <LiveRing done={over ? 1 : view.progress}>
          <Bust />
        </LiveRing>
      </div>
    </div>
  );
}

/** One movement: the word, the drawing in its ring, the person in the mirror. Between two of them: look straight. */
export function PromptStep({ view, picture, shown }: StepProps) {
  const { s } = usePage();
  const { prompt } = view;
  const l = s.liveness;
  useShown(prompt?.id, shown);
  // The whole time of a prompt is the most that was ever left of it.
  const whole = useRef<{ readonly id: string; readonly ms: number }>(undefined);
  if (prompt !== undefined && (whole.current?.id !== prompt.id || whole.current.ms < prompt.remainingMs))
    whole.current = { id: prompt.id, ms: Math.max(1, prompt.remainingMs) };
  return (
    <div class="live-prompt">
      <h2 class="asked">
        {prompt !== undefined && <span class="count">{fill(l.number, { n: prompt.number, of: prompt.of })}</span>}
        {prompt === undefined && view.progress > 0 && (
          <span class="count good">
            <Icon name="tick" />
            {l.good}
          </span>
        )}
        {prompt === undefined ? l.straight : l.actions[prompt.action]}
      </h2>
      <div class="pair">
        <LivePicture view={view} picture={picture} />
        {prompt === undefined ? (
          <LiveRing done={view.progress}>
            <Bust />
          </LiveRing>
        ) : (
          <LiveRing
            key={prompt.id}
            left={prompt.remainingMs / (whole.current?.ms ?? prompt.remainingMs)}
            done={prompt.progress}
          >
            <ActionPicture action={prompt.action} />
          </LiveRing>
        )}
      </div>
      <span class="hidden" role="timer">
        {fill(l.secondsLeft, { n: Math.ceil(view.remainingMs / 1000) })}
      </span>
    </div>
  );
}

/** The own gesture: silhouette to stand in, a count-down, then the time in which it is made. */
export function GestureStep({ view, picture }: StepProps) {
  const { s } = usePage();
  const { remainingMs } = view;
  const { gesture } = s.liveness;
  return (
    <div class="live-prompt">
      <h2 class="asked">{remainingMs > POSE_TAKE_MS ? gesture.ready : gesture.now}</h2>
      <div class="pair">
        <LivePicture view={view} picture={picture}>
          <Silhouette />
        </LivePicture>
        <TakeRing remainingMs={remainingMs} />
      </div>
    </div>
  );
}

/** A pose take: the count-down before it, then its seconds. @param props remainingMs: until the take is over */
export function TakeRing({ remainingMs }: { readonly remainingMs: number }) {
  const before = remainingMs - POSE_TAKE_MS;
  const seconds = Math.max(1, Math.ceil((before > 0 ? before : remainingMs) / 1000));
  return (
    <LiveRing left={before > 0 ? 1 : remainingMs / POSE_TAKE_MS}>
      <text class={before > 0 ? 'digits soon' : 'digits'} x="100" y="100">
        {seconds}
      </text>
    </LiveRing>
  );
}

/** Where to stand, in the shape of most cameras' pictures. */
export function Silhouette() {
  return (
    <svg class="silhouette" viewBox="0 0 264 198" aria-hidden="true">
      <ellipse cx="132" cy="62" rx="25" ry="32" />
      <path d="M76 197V150Q76 112 116 108H148Q188 112 188 150V197" />
    </svg>
  );
}

/**
 * The whole window in one colour, as bright as the screen is; nothing else but the way out. Before the first colour the
 * page looks as ever: the kiosk compares with it.
 */
export function LightStep({ view, picture, shown, stop }: StepProps & { readonly stop: () => void }) {
  const { s } = usePage();
  const { light } = view;
  useShown(light?.id, shown);
  if (light === undefined)
    return (
      <div class="live-prompt">
        <h2 class="asked">{s.liveness.light.shown}</h2>
        <LivePicture view={view} picture={picture} />
      </div>
    );
  return (
    <div class="colour-sheet" style={{ backgroundColor: light.colour }}>
      <button type="button" class="stop" onClick={stop}>
        {s.liveness.light.stop}
      </button>
    </div>
  );
}
