import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { PoseSetup } from '../../http/contract-people.js';
import { beginPose, cancelPose, poseSetup, takePose } from '../daemon/own.js';
import { Silhouette, TakeRing } from '../login/live-steps.js';
import { POSE_TAKE_MS } from '../login/pose-take.js';
import { problemText } from '../login/problem-text.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { CONSENT_TEXT_VERSION, fill } from '../strings/language.js';
import { Form } from './form.js';
import type { FormProps } from './forms.js';
import { useForm } from './use-form.js';

/** While a take is under way the page asks so often; before the first one only for hints. */
const TAKING_POLL_MS = 200;
const READY_POLL_MS = 700;

interface PoseProps extends FormProps {
  /** The live picture; absent where this page may not show it. */
  readonly live?: ComponentChildren | undefined;
}

/** The own body motion: first the text and the consent, then takes of one gesture. Leaving at any point keeps nothing. */
export function PoseForm({ done, live }: PoseProps) {
  const { s, place, language } = usePage();
  const form = useForm();
  const [agreed, setAgreed] = useState(false);
  const [begun, setBegun] = useState<PoseSetup>();
  if (live === undefined) {
    const why = place === 'kiosk' ? s.login.faults.vision_unavailable : s.login.messages.onlyAtKiosk;
    return <Notice tone="bad">{why}</Notice>;
  }
  if (begun !== undefined) return <Takes begun={begun} live={live} done={done} />;
  const { own } = s.liveness;
  return (
    <Form
      {...form}
      ready={agreed}
      text={s.enrol.next}
      send={async () => setBegun((await form.send(() => beginPose(language)))?.value)}
    >
      <div class="consent">
        {own.consent.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p class="version">{fill(s.enrol.version, { version: CONSENT_TEXT_VERSION })}</p>
      </div>
      <label class="agree">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        {own.agree}
      </label>
    </Form>
  );
}

/** One take after the other, each begun by the person, until enough count. */
function Takes(props: { readonly begun: PoseSetup; readonly live: ComponentChildren; readonly done: () => void }) {
  const { s, mirrored } = usePage();
  const form = useForm();
  const [setup, setSetup] = useState(props.begun);
  const [lost, setLost] = useState<WireError>();
  const over = useRef(false);
  const { id, phase, taken, needed } = setup;
  useEffect(
    () => () => {
      if (!over.current) void cancelPose(id);
      over.current = true;
    },
    [],
  );
  const show = (next: PoseSetup) => {
    if (over.current) return;
    setSetup(next);
    if (next.phase !== 'done') return;
    over.current = true;
    props.done();
  };
  useEffect(() => {
    if (phase === 'done' || lost !== undefined || form.busy) return;
    const ask = async () => {
      const reply = await poseSetup(id);
      if (over.current) return;
      if (reply.ok) show(reply.value);
      // A daemon that does not answer for a moment still has the set-up.
      else if (reply.status === 0) setSetup((was) => ({ ...was }));
      else setLost(reply.error);
    };
    const timer = window.setTimeout(() => void ask(), phase === 'taking' ? TAKING_POLL_MS : READY_POLL_MS);
    return () => window.clearTimeout(timer);
  }, [setup, lost, form.busy]);

  const { liveness } = s;
  const { own } = liveness;
  const taking = phase === 'taking';
  const problem = lost ?? form.problem;
  const refused = taking || form.busy ? undefined : setup.refused;
  const take = async () => {
    const sent = await form.send(() => takePose(id));
    if (sent !== undefined) show(sent.value);
  };
  return (
    <div class={`challenge takes ${mirrored ? '' : 'mirror'}`}>
      <div class="live-ready">
        <div class="live-wrap">
          {props.live}
          <Silhouette />
          {setup.hint !== undefined && <div class="say">{liveness.hints[setup.hint]}</div>}
        </div>
        <div class="live-words">
          <h2>{fill(own.take, { n: Math.min(taken + 1, needed), all: needed })}</h2>
          <div class="dots">
            {Array.from({ length: needed }, (_, i) => (
              <span key={i} class={`dot ${i < taken ? 'full' : ''}`}>
                {i < taken ? <Icon name="tick" /> : i + 1}
              </span>
            ))}
          </div>
          {taking ? (
            <div class="taking">
              <TakeRing remainingMs={setup.remainingMs} />
            </div>
          ) : (
            <>
              {problem !== undefined && <Notice tone="bad">{problemText(problem, s)}</Notice>}
              {problem === undefined && refused !== undefined && (
                <Notice tone="bad">{refused === 'pose_mismatch' ? own.different : liveness.reasons[refused]}</Notice>
              )}
              {problem === undefined && refused === undefined && <p>{taken === 0 ? own.explain : own.taken}</p>}
              <button
                type="button"
                class="primary start"
                disabled={form.busy || lost !== undefined}
                onClick={() => void take()}
              >
                {own.begin}
              </button>
            </>
          )}
          <p class={taking ? 'doing' : 'hidden'} role="status">
            {!taking ? '' : setup.remainingMs > POSE_TAKE_MS ? liveness.gesture.ready : own.taking}
          </p>
        </div>
      </div>
    </div>
  );
}
