import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LivenessShown } from '../../http/contract-login.js';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import { fill } from '../strings/language.js';
import { ActionPicture, Bust } from './action-picture.js';
import { LiveRing } from './live-ring.js';
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
  const { hint } = props.view;
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
export function PassiveStep({ view, picture, name }: StepProps & { readonly name: string | undefined }) {
  const { s } = usePage();
  const over = view.phase === 'over';
  return (
    <div class="live-passive">
      <h2 class="asked">
        {name !== undefined && <span class="count">{fill(s.ask.hello, { name })}</span>}
        {over ? s.login.wait : s.liveness.look}
      </h2>
      <LivePicture view={view} picture={picture}>
        <div class="corner-ring">
          <LiveRing done={over ? 1 : view.progress}>
            <Bust />
          </LiveRing>
        </div>
      </LivePicture>
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

/** A pose take: a second to get ready, then the gesture (domain/liveness: the take is 4 s long). */
const READY_MS = 1000;
const TAKE_MS = 4000;

/** The own gesture: silhouette to stand in, a count-down, then the time in which it is made. */
export function GestureStep({ view, picture }: StepProps) {
  const { s } = usePage();
  const [begun] = useState(() => performance.now());
  const [now, setNow] = useState(begun);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 100);
    return () => window.clearInterval(timer);
  }, []);
  const since = now - begun;
  const moves = since >= READY_MS;
  const left = Math.max(0, READY_MS + TAKE_MS - since);
  return (
    <div class="live-prompt">
      <h2 class="asked">{moves ? s.liveness.gesture.now : s.liveness.gesture.ready}</h2>
      <div class="pair">
        <LivePicture view={view} picture={picture}>
          <Silhouette />
        </LivePicture>
        <LiveRing left={moves ? left / TAKE_MS : 1} done={view.progress}>
          <text class="digits" x="100" y="100">
            {Math.max(1, Math.ceil((moves ? left : READY_MS - since) / 1000))}
          </text>
        </LiveRing>
      </div>
    </div>
  );
}

/** Where to stand. */
export function Silhouette() {
  return (
    <svg class="silhouette" viewBox="0 0 200 200" aria-hidden="true">
      <ellipse cx="100" cy="70" rx="25" ry="32" />
      <path d="M44 204V156Q44 118 84 114H116Q156 118 156 156V204" />
    </svg>
  );
}

/** The whole window in one colour, as bright as the screen is; nothing else but the way out. */
export function LightStep({ view, shown, stop }: StepProps & { readonly stop: () => void }) {
  const { s } = usePage();
  const { light } = view;
  useShown(light?.id, shown);
  return (
    <div class="colour-sheet" style={{ backgroundColor: light?.colour ?? '#000' }}>
      <button type="button" class="stop" onClick={stop}>
        {s.liveness.light.stop}
      </button>
    </div>
  );
}
