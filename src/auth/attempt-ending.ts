import type { Attempt, AttemptEffect } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { amrOf } from '../domain/factor-amr.js';
import type { Reason } from '../domain/reason.js';
import type { AttemptsParts } from './attempt-parts.js';
import type { AttemptView } from './attempt-view.js';

/** What a granted attempt opened. */
export interface Opened<Issued> {
  readonly session?: NonNullable<AttemptView['session']>;
  /** Absent after a step-up: the session stays the one it was. */
  readonly issued?: Issued;
}

type EndEffect = Extract<AttemptEffect, { kind: 'decide' | 'record' | 'openSession' | 'openDoor' }>;

export function isEnd(effect: AttemptEffect): effect is EndEffect {
  return ['decide', 'record', 'openSession', 'openDoor'].includes(effect.kind);
}

/** Records how an attempt ended, then opens what was granted: nothing opens that is not on the disk. */
export class AttemptEnding<Issued> {
  readonly #parts: AttemptsParts<Issued>;
  readonly #listeners = new Set<(decision: Decision) => void>();

  constructor(parts: AttemptsParts<Issued>) {
    this.#parts = parts;
  }

  /** Every decision that is recorded here; a granted punch is announced by whoever records it. */
  onDecision(listener: (decision: Decision) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Why somebody whose factors all passed may not come in. */
  refusal(personId: string, purpose: Attempt['purpose']): Reason | undefined {
    const { people, mayLogin } = this.#parts;
    if (people.find(personId)?.active !== true) return 'not_permitted';
    if (purpose !== 'login' && purpose !== 'admin') return undefined;
    if (purpose === 'admin' && this.#roleOf(personId) === 'person') return 'not_permitted';
    return mayLogin?.(personId) === false ? 'not_permitted' : undefined;
  }

  /**
   * Carries out the effects of an end, in their order.
   * @param refusal why the person may not come in by now; asked again after everything that was waited for
   * @param stepUpOf the session that the attempt renews
   * @throws VestibuleError `storage_*` when a grant could not be recorded, `not_permitted` when the person was shut out
   *   meanwhile, and what opening it throws: it is no grant then
   */
  async carryOut(
    attempt: Attempt,
    effects: readonly EndEffect[],
    refusal: () => Reason | undefined,
    stepUpOf?: string,
  ): Promise<Opened<Issued>> {
    let decision: Decision | undefined;
    let opened: Opened<Issued> = {};
    for (const effect of effects) {
      const isDenial = effect.kind === 'decide' && effect.outcome === 'denied';
      const late = isDenial ? undefined : refusal();
      if (effect.kind === 'decide') {
        if (isNobodys(attempt, effect)) continue;
        const end = late === undefined ? effect : { ...effect, outcome: 'denied' as const, reason: late };
        decision = this.#decisionOf(attempt, end);
        // The punch is recorded together with its journal entry, and is never lost because a journal failed.
        if (end.outcome === 'denied' || attempt.purpose !== 'attend') await this.#journal(decision);
      }
      if (late !== undefined) throw new VestibuleError('not_permitted', 'This was ended from elsewhere just now.');
      if (effect.kind === 'record' && decision !== undefined) await this.#parts.admit(decision);
      else if (effect.kind === 'openSession') opened = await this.#open(attempt, effect.purpose, stepUpOf);
      // openDoor: the recorded decision is what opens a door (docs/mqtt.md, access events).
    }
    return opened;
  }

  #decisionOf(attempt: Attempt, { outcome, reason }: Extract<EndEffect, { kind: 'decide' }>): Decision {
    const { identity, purpose, history } = attempt;
    const personId = identity.kind === 'none' ? undefined : identity.personId;
    return {
      id: this.#parts.random.uuid7(),
      purpose,
      outcome,
      reason,
      ...(personId !== undefined && { personId }),
      factors: history,
      at: this.#parts.clock.mono(),
    };
  }

  async #journal(decision: Decision): Promise<void> {
    try {
      await this.#parts.decisions.add(decision);
    } catch (thrown) {
      if (decision.outcome === 'granted') throw thrown;
      this.#parts.onFault(toError(thrown));
    }
    for (const listener of this.#listeners) listener(decision);
  }

  async #open(attempt: Attempt, purpose: 'login' | 'admin', stepUpOf?: string): Promise<Opened<Issued>> {
    const { identity, place, results } = attempt;
    const { people, sessions } = this.#parts;
    const person = identity.kind === 'person' ? people.find(identity.personId) : undefined;
    if (person === undefined) throw new Error('Only a person has a session');
    const { id: personId, name } = person;
    const role = this.#roleOf(personId);
    const amr = amrOf(results.keys());
    const session = { purpose, person: { id: personId, name }, role };
    // A session that ended in the meantime is not renewed; a new one begins.
    if (stepUpOf !== undefined && sessions.stepUp(stepUpOf, amr)) return { session };
    return { session, issued: await sessions.open({ personId, role, purpose, amr, place, name }) };
  }

  #roleOf(personId: string) {
    return this.#parts.credentials.of(personId)?.role ?? 'person';
  }
}

/** Nobody said who he is and nothing was answered: there is nothing to decide, and nothing fills the disk. */
function isNobodys({ identity, history }: Attempt, { outcome }: Extract<EndEffect, { kind: 'decide' }>): boolean {
  return outcome === 'denied' && identity.kind === 'none' && history.length === 0;
}
