import { VestibuleError } from '../domain/errors.js';
import type { Judgement } from '../domain/regulation.js';

/** The fault of an answer that was not looked at: `busy` with the time to wait, or `not_permitted` when it is locked. */
export function tooManyWrong(what: 'passwords' | 'codes', judgement: Judgement): VestibuleError {
  if (judgement.kind !== 'wait')
    return new VestibuleError('not_permitted', `Too many wrong ${what}. An administrator can unlock this.`);
  const { ms: waitMs } = judgement;
  return new VestibuleError('busy', `Too many wrong ${what}. Wait ${Math.ceil(waitMs / 1000)} s.`, {
    context: { waitMs },
  });
}
