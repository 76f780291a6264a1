import { useEffect, useRef, useState } from 'preact/hooks';
import type { Purpose } from '../../domain/decision.js';
import type { FactorKind } from '../../domain/factor.js';
import type { WireError } from '../../http/contract.js';
import type {
  AttemptAnswer,
  AttemptView,
  ChallengeStep,
  FactorAnswer,
  IdentityClaim,
} from '../../http/contract-login.js';
import {
  answerFactor,
  beginAttempt,
  cancelAttempt,
  challenge,
  chooseAlternative,
  identify,
  sendCode,
  touchAttempt,
  viewAttempt,
} from '../daemon/attempt.js';
import type { Reply } from '../daemon/call.js';
import { endSession } from '../daemon/session.js';

/** While a face is looked for the page asks often, in a challenge at once, otherwise now and then. */
const CHALLENGE_POLL_MS = 150;
const FACE_POLL_MS = 400;
const POLL_MS = 2000;
/** The daemon hears at most so often that somebody is at it. */
const TOUCH_MS = 10_000;
/** A prompt that is on the screen is said again so often when the daemon could not be reached. */
const SHOWN_TRIES = 3;

/** Factors that only the kiosk's own camera can see. */
export const BY_CAMERA: readonly FactorKind[] = ['face', 'liveness', 'pose'];

export interface AttemptControl {
  readonly view: AttemptView | undefined;
  /** `performance.now()` when the view came: its times count from here. */
  readonly at: number;
  /** `performance.now()` until which answers are not taken. */
  readonly waitUntil: number | undefined;
  readonly busy: boolean;
  /** The attempt ended without an answer: it took too long, or another one took its place. */
  readonly over: boolean;
  readonly problem: WireError | undefined;
  /** Counts the answers, so that a field can begin empty after each. */
  readonly answers: number;
  identify(claim: IdentityClaim): void;
  choose(index: number): void;
  answer(answer: FactorAnswer): void;
  send(channel: string): void;
  /** Begins a challenge, or asks for another movement. */
  challenge(step: Exclude<ChallengeStep, { readonly do: 'shown' }>): void;
  /** This prompt or colour is on the screen. Stops nothing and waits for nothing else. */
  shown(id: string): void;
  /** Somebody types or presses something: the attempt does not end for being left alone. */
  touch(): void;
  again(): void;
}

interface Shown {
  readonly view: AttemptView;
  readonly at: number;
  readonly waitUntil: number | undefined;
}

const isOpen = (view: AttemptView | undefined) => view?.phase === 'identify' || view?.phase === 'factors';

/** The camera looks for something, so that the next answer can come without a touch. */
function awaitsCamera(view: AttemptView): boolean {
  if (view.phase === 'identify') return view.identifyBy.includes('face');
  const step = view.steps.find(({ state }) => state === 'current');
  return step?.factors.some(({ kind, state }) => BY_CAMERA.includes(kind) && state === 'waiting') ?? false;
}

function pollMs(view: AttemptView): number {
  if (view.live?.state === 'running') return CHALLENGE_POLL_MS;
  return awaitsCamera(view) ? FACE_POLL_MS : POLL_MS;
}

/**
 * One attempt at the daemon, from its beginning to its end with this component. The daemon decides everything; here is
 * only what it said last.
 * @param from an attempt that is open already, or the badge that begins one; anew: a session that somebody left open
 *   here is ended first, otherwise the attempt would be one of that person
 */
export function useAttempt(
  purpose: Purpose,
  from: { readonly attemptId?: string; readonly badge?: string; readonly anew?: boolean } = {},
): AttemptControl {
  const [shown, setShown] = useState<Shown>();
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<WireError>();
  const [pending, setPending] = useState(0);
  const [answers, setAnswers] = useState(0);
  const [round, setRound] = useState(0);
  const id = useRef<string>(undefined);
  const latest = useRef<AttemptView>(undefined);
  // What a poll answers about the time before an action is not shown after it.
  const actions = useRef(0);
  const touchedAt = useRef(-Infinity);

  const show = (view: AttemptView, polled: boolean) => {
    latest.current = view;
    const at = performance.now();
    const waitMs = view.message?.waitMs;
    setShown((was) => {
      const until = waitMs === undefined ? undefined : at + waitMs;
      const same = polled && was?.view.message?.code === view.message?.code ? was?.waitUntil : undefined;
      const waitUntil = until === undefined || same === undefined ? until : Math.min(until, same);
      return { view, at, waitUntil };
    });
  };
  const take = (reply: Reply<AttemptAnswer>, polled = false) => {
    if (reply.ok) {
      id.current = reply.value.attempt.id;
      if (!polled) setProblem(undefined);
      show(reply.value.attempt, polled);
    } else if (reply.error.error === 'attempt_over' || reply.status === 404) {
      id.current = undefined;
      setOver(true);
    } else if (!polled) setProblem(reply.error);
  };
  const act = async (action: (id: string) => Promise<Reply<AttemptAnswer>>, isAnswer = false) => {
    const open = id.current;
    if (open === undefined) return;
    actions.current += 1;
    setPending((n) => n + 1);
    const reply = await action(open);
    actions.current += 1;
    setPending((n) => n - 1);
    if (isAnswer) setAnswers((n) => n + 1);
    if (id.current === open) take(reply);
  };

  useEffect(() => {
    let ended = false;
    const begin = async () => {
      const open = round === 0 ? from.attemptId : undefined;
      if (open === undefined && from.anew === true) await endSession();
      setPending((n) => n + 1);
      const reply = await (open === undefined ? beginAttempt(purpose) : viewAttempt(open));
      setPending((n) => n - 1);
      // The dialogue was closed before the answer came: nobody drives this attempt.
      if (ended) {
        if (reply.ok && isOpen(reply.value.attempt)) void cancelAttempt(reply.value.attempt.id);
        return;
      }
      take(reply);
      const { badge } = from;
      if (reply.ok && round === 0 && badge !== undefined) await act((made) => identify(made, { badge }));
    };
    void begin();
    return () => {
      ended = true;
      if (id.current !== undefined && isOpen(latest.current)) void cancelAttempt(id.current);
      id.current = undefined;
      latest.current = undefined;
    };
  }, [round]);

  useEffect(() => {
    if (shown === undefined || over || pending > 0 || !isOpen(shown.view)) return;
    const seen = actions.current;
    const timer = window.setTimeout(async () => {
      const open = id.current;
      if (open === undefined) return;
      const reply = await viewAttempt(open);
      if (actions.current !== seen || id.current !== open) return;
      take(reply, true);
      // Asks again after an answer that changed nothing, too.
      if (!reply.ok) setShown((was) => was && { ...was });
    }, pollMs(shown.view));
    return () => window.clearTimeout(timer);
  }, [shown, over, pending]);

  const sayShown = async (prompt: string) => {
    const open = id.current;
    for (let tries = 0; tries < SHOWN_TRIES && open !== undefined && id.current === open; tries++) {
      const reply = await challenge(open, { do: 'shown', id: prompt });
      if (id.current !== open) return;
      if (reply.ok || reply.status !== 0) return reply.ok ? take(reply, true) : undefined;
    }
  };
  const touch = () => {
    const now = performance.now();
    if (id.current === undefined || !isOpen(latest.current) || now - touchedAt.current < TOUCH_MS) return;
    touchedAt.current = now;
    void touchAttempt(id.current);
  };

  return {
    view: shown?.view,
    at: shown?.at ?? 0,
    waitUntil: shown?.waitUntil,
    busy: pending > 0,
    over,
    problem,
    answers,
    identify: (claim) => void act((open) => identify(open, claim)),
    choose: (index) => void act((open) => chooseAlternative(open, index)),
    answer: (answer) => void act((open) => answerFactor(open, answer), true),
    send: (channel) => void act((open) => sendCode(open, channel)),
    challenge: (step) => void act((open) => challenge(open, step)),
    shown: (prompt) => void sayShown(prompt),
    touch,
    again: () => {
      setShown(undefined);
      setOver(false);
      setProblem(undefined);
      setRound((n) => n + 1);
    },
  };
}
