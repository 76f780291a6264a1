import type { AttemptMessage } from '../../http/contract-login.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { minutes, useSecondsLeft } from '../parts/use-seconds-left.js';
import { fill } from '../strings/language.js';
import { problemText } from './problem-text.js';
import type { AttemptControl } from './use-attempt.js';

/** Messages after which the same answer can be given again at once. */
const WAITING: readonly AttemptMessage[] = ['wait', 'locked', 'busy', 'code_too_soon'];

/** What became of the last answer and what to do now; counts down while the kiosk takes no answer. */
export function Said({ attempt }: { readonly attempt: AttemptControl }) {
  const { s } = usePage();
  const left = useSecondsLeft(attempt.waitUntil);
  if (attempt.problem !== undefined) return <Notice tone="bad">{problemText(attempt.problem, s)}</Notice>;
  const message = attempt.view?.message;
  if (message === undefined) return null;
  const { code } = message;
  const m = s.login.messages;
  if (WAITING.includes(code) && message.waitMs !== undefined) {
    if (left === 0) return null;
    const time = minutes(left);
    return (
      <Notice tone="bad" icon="clock">
        {fill(code === 'locked' ? m.lockedUntil : code === 'wait' ? m.wait : m.soon, { time })}
      </Notice>
    );
  }
  const texts: Readonly<Record<AttemptMessage, string>> = {
    not_right: m.notRight,
    wait: m.busy,
    locked: m.locked,
    code_wrong: m.codeWrong,
    code_expired: m.codeExpired,
    code_not_sent: m.codeNotSent,
    code_too_soon: m.busy,
    code_limit: m.codeLimit,
    face_not_seen: m.faceNotSeen,
    not_live: s.liveness.reasons[message.detail ?? 'fault'],
    unavailable: message.detail === undefined ? m.unavailable : s.liveness.reasons[message.detail],
    busy: m.busy,
  };
  if (code === 'not_right' && isRemembered(attempt))
    return (
      <Notice tone="bad">
        {m.notRight} {m.forgotten}
      </Notice>
    );
  return <Notice tone="bad">{texts[code]}</Notice>;
}

/** Whether the kiosk takes an answer now. */
export function useCanAnswer(attempt: AttemptControl): boolean {
  const left = useSecondsLeft(attempt.waitUntil);
  const code = attempt.view?.message?.code;
  if (attempt.busy) return false;
  return !((code === 'wait' || code === 'locked' || code === 'busy') && left > 0);
}

/** Something that one may forget is asked for. */
function isRemembered({ view }: AttemptControl): boolean {
  const step = view?.steps.find(({ state }) => state === 'current');
  return step?.factors.some(({ kind }) => kind === 'password' || kind === 'pin') ?? false;
}
