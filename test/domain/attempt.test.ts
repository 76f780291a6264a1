import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, AttemptEffect, AttemptEvent, AttemptRules } from '../../src/domain/attempt.js';
import { livenessTarget } from '../../src/domain/attempt-live.js';
import { beginAttempt, reduce } from '../../src/domain/attempt-reduce.js';
import { currentGroup, faceTarget, isProven, wantedFactors } from '../../src/domain/attempt-steps.js';
import type { Purpose } from '../../src/domain/decision.js';
import { FACTOR_KINDS, type FactorKind, type FactorOutcome, type FactorResult } from '../../src/domain/factor.js';
import { type Alternative, parseStep } from '../../src/domain/policy.js';

const RULES: AttemptRules = { idleMs: 60_000, lifeMs: 300_000, usable: () => true, refusal: () => undefined };
const ADA = { kind: 'person', personId: 'p_ada', by: 'name' } as const;
const NOBODY = { kind: 'unknown', subject: 'n_1', by: 'name' } as const;

function alternatives(...written: readonly string[][]): readonly Alternative[] {
  return written.map((steps) => steps.map(parseStep));
}

function result(kind: FactorKind, outcome: FactorOutcome, at = 1): FactorResult {
  const reason = outcome === 'passed' ? 'ok' : outcome === 'failed' ? 'timeout' : 'factor_unavailable';
  return { kind, outcome, reason, at };
}

/** Goes through events one after the other and keeps every effect. */
class Run {
  attempt: Attempt;
  readonly effects: AttemptEffect[] = [];
  readonly rules: AttemptRules;

  constructor(
    offered: readonly Alternative[],
    more: { purpose?: Purpose; place?: 'remote'; rules?: AttemptRules } = {},
  ) {
    this.rules = more.rules ?? RULES;
    const { purpose = 'login', place = 'kiosk' } = more;
    const facts = { id: 'a', purpose, place, startedAt: 0, identity: { kind: 'none' }, offered, own: [] } as const;
    const step = beginAttempt(facts, this.rules);
    this.attempt = step.attempt;
    this.effects.push(...step.effects);
  }

  /** @returns the effects of this event */
  on(event: AttemptEvent): readonly AttemptEffect[] {
    const step = reduce(this.attempt, event, this.rules);
    this.attempt = step.attempt;
    this.effects.push(...step.effects);
    return step.effects;
  }

  as(
    identity: typeof ADA | typeof NOBODY | { kind: 'person'; personId: string; by: 'badge' },
    own: readonly Alternative[],
    badge?: FactorResult,
  ) {
    return this.on({ kind: 'identified', identity, own, ...(badge && { badge }), at: 1 });
  }

  answer(kind: FactorKind, outcome: FactorOutcome, at = 1) {
    if (kind === 'face') return this.on({ kind: 'face', result: result('face', outcome, at), at });
    const target = livenessTarget(this.attempt);
    return this.on({ kind: 'answered', result: result(kind, outcome, at), ...(target && { target }), at });
  }

  get decisions() {
    return this.effects.filter((effect) => effect.kind === 'decide');
  }
}

describe('C6 every required factor is needed', () => {
  const KINDS = ['password', 'face', 'liveness', 'pose', 'signature', 'otp'] as const;
  const ALL = ['passed', 'failed', 'unavailable', 'timed out', 'errored'] as const;

  type Outcome = (typeof ALL)[number];

  /** Every way in which so many factors can end. */
  function* assignments(count: number, outcomes: readonly Outcome[]): Generator<readonly Outcome[]> {
    for (let code = 0; code < outcomes.length ** count; code++)
      yield Array.from(
        { length: count },
        (_, place) => outcomes[Math.floor(code / outcomes.length ** place) % outcomes.length]!,
      );
  }

  it.each([
    ['one after the other', ALL],
    ['answered together', ALL.slice(0, 3)],
  ] as const)(
    'truth table of all subsets and outcomes, %s',
    (how, possible) => {
      let rows = 0;
      let opened = 0;
      for (let subset = 1; subset < 2 ** KINDS.length; subset++) {
        const kinds = KINDS.filter((_, place) => subset & (1 << place));
        const own: readonly Alternative[] = [how === 'answered together' ? [kinds] : kinds.map((kind) => [kind])];
        for (const outcomes of assignments(kinds.length, possible)) {
          const run = new Run(own);
          run.as(ADA, own);
          for (const [index, kind] of kinds.entries()) {
            const outcome = outcomes[index]!;
            // A verifier that throws tells the machine nothing.
            if (outcome !== 'errored') run.answer(kind, outcome === 'timed out' ? 'failed' : outcome);
          }
          run.on({ kind: 'tick', at: 300_001 });
          const all = outcomes.every((outcome) => outcome === 'passed');
          const isOpen =
            run.attempt.outcome?.kind === 'granted' && run.effects.some((one) => one.kind === 'openSession');
          if (isOpen !== all || run.decisions.length !== 1)
            expect.fail(
              `${kinds.map((kind, index) => `${kind} ${outcomes[index]}`).join(', ')}: ${run.attempt.outcome?.kind}`,
            );
          rows += 1;
          if (isOpen) opened += 1;
        }
      }
      expect(opened).toBe(2 ** KINDS.length - 1);
      console.log(
        `C6 ${how}: ${rows} rows, opened ${opened}, limit: only the ${2 ** KINDS.length - 1} with all passed`,
      );
    },
    180_000,
  );
});

describe('attempt machine', () => {
  it('asks for the first alternative that can work, and follows the order of the policy', () => {
    const offered = alternatives(['face'], ['badge', 'pin'], ['password']);
    expect(new Run(offered).attempt.chosen).toBe(0);
    const blind = new Run(offered, { rules: { ...RULES, usable: (kind) => kind !== 'face' } });
    expect(blind.attempt.chosen).toBe(1);
    expect(blind.attempt.alternatives).toEqual(offered);
  });

  it('a person known by the badge goes on where the badge helps', () => {
    const offered = alternatives(['face'], ['badge', 'pin'], ['pin']);
    const run = new Run(offered, { purpose: 'attend' });
    run.as({ kind: 'person', personId: 'p_ada', by: 'badge' }, offered, result('badge', 'passed'));
    expect(run.attempt.chosen).toBe(1);
    expect(wantedFactors(run.attempt)).toEqual(['pin']);
    expect(isProven(run.attempt)).toBe(false);
    run.answer('pin', 'passed');
    expect(run.attempt.outcome).toEqual({ kind: 'granted', reason: 'ok' });
    expect(run.effects.slice(-3).map((one) => one.kind)).toEqual(['clear', 'decide', 'record']);
  });

  it('an unknown badge is asked for the PIN like a known one, and answered like a wrong PIN', () => {
    const own = alternatives(['badge', 'pin']);
    const known = new Run(own);
    const unknown = new Run(own);
    known.as({ kind: 'person', personId: 'p_ada', by: 'badge' }, own, result('badge', 'passed'));
    unknown.on({
      kind: 'identified',
      identity: { ...NOBODY, by: 'badge' },
      own: [],
      badge: result('badge', 'failed'),
      at: 1,
    });
    for (const run of [known, unknown]) {
      expect(wantedFactors(run.attempt)).toEqual(['pin']);
      expect(run.answer('pin', 'failed')).toEqual([{ kind: 'count', factors: ['pin'] }]);
      expect(run.attempt.message).toEqual({ code: 'not_right' });
      expect(wantedFactors(run.attempt)).toEqual(['pin']);
    }
  });

  it('an unknown badge where nothing else is asked makes room for the next badge', () => {
    const own = alternatives(['badge']);
    const run = new Run(own, { purpose: 'attend' });
    run.on({
      kind: 'identified',
      identity: { ...NOBODY, by: 'badge' },
      own: [],
      badge: result('badge', 'failed'),
      at: 1,
    });
    expect(run.attempt).toMatchObject({ identity: { kind: 'none' }, message: { code: 'not_right' } });
    run.as({ kind: 'person', personId: 'p_ada', by: 'badge' }, own, result('badge', 'passed'));
    expect(run.attempt.outcome?.kind).toBe('granted');
  });

  it.each([
    ['password', 'otp'],
    ['otp', 'password'],
  ] as const)('in a step of several nobody learns that %s was wrong and %s right', (bad, good) => {
    const own = alternatives(['password+otp']);
    const run = new Run(own);
    run.as(ADA, own);
    expect(run.answer('password', bad === 'password' ? 'failed' : 'passed')).toEqual([]);
    expect(run.attempt.message).toBeUndefined();
    expect(isProven(run.attempt)).toBe(false);
    expect(run.answer('otp', bad === 'otp' ? 'failed' : 'passed')).toEqual([
      { kind: 'count', factors: ['password', 'otp'] },
    ]);
    expect(run.attempt.message).toEqual({ code: 'not_right' });
    expect(wantedFactors(run.attempt)).toEqual(['password', 'otp']);
    expect(run.attempt.results.has(good)).toBe(false);
    run.answer('password', 'passed');
    run.answer('otp', 'passed');
    expect(run.attempt.outcome?.kind).toBe('granted');
  });

  it('an answer that waits for the rest of its step cannot be given again', () => {
    const own = alternatives(['password+otp']);
    const run = new Run(own);
    run.as(ADA, own);
    run.answer('password', 'failed');
    run.answer('password', 'passed');
    run.answer('otp', 'passed');
    expect(run.attempt.outcome).toBeUndefined();
  });

  it('a face seen early counts once its turn comes, and is not told before', () => {
    const own = alternatives(['password', 'face']);
    const run = new Run(own);
    run.as(ADA, own);
    run.answer('face', 'passed');
    expect([...run.attempt.results.keys()]).toEqual([]);
    expect(faceTarget(run.attempt)).toBeUndefined();
    run.answer('password', 'failed');
    expect(run.attempt.outcome).toBeUndefined();
    run.answer('password', 'passed');
    expect(run.attempt.outcome?.kind).toBe('granted');
  });

  it('a wrong face before its turn is counted and says nothing', () => {
    const own = alternatives(['password', 'face']);
    const run = new Run(own);
    run.as(ADA, own);
    expect(run.answer('face', 'failed')).toEqual([{ kind: 'count', factors: ['face'] }]);
    expect(run.attempt.message).toBeUndefined();
  });

  it('switching the alternative keeps what passed and asks for waiting answers again', () => {
    const own = alternatives(['password', 'otp'], ['password', 'face'], ['password+pin']);
    const run = new Run(own);
    run.as(ADA, own);
    run.answer('password', 'passed');
    run.on({ kind: 'chosen', index: 1, at: 2 });
    expect(wantedFactors(run.attempt)).toEqual(['face']);
    run.on({ kind: 'chosen', index: 2, at: 3 });
    expect(wantedFactors(run.attempt)).toEqual(['pin']);
    run.answer('pin', 'passed', 4);
    expect(run.attempt.outcome?.kind).toBe('granted');

    const other = new Run(own);
    other.as(ADA, own);
    other.on({ kind: 'chosen', index: 2, at: 2 });
    other.answer('password', 'passed', 2);
    other.on({ kind: 'chosen', index: 0, at: 3 });
    // The answer was not told; as a step of its own it has to be given anew.
    expect(wantedFactors(other.attempt)).toEqual(['password']);
    expect(isProven(other.attempt)).toBe(false);
  });

  it('an answer whose step is not complete grants nothing in another alternative', () => {
    const own = alternatives(['badge+pin'], ['pin']);
    const run = new Run(own, { purpose: 'attend' });
    run.as(ADA, own);
    // Wrong answers of an open step are not counted, so the right one must not help either.
    run.answer('pin', 'failed');
    run.on({ kind: 'chosen', index: 0, at: 2 });
    run.answer('pin', 'passed', 2);
    expect(run.attempt.outcome).toBeUndefined();
    expect(isProven(run.attempt)).toBe(false);
    run.answer('badge', 'passed', 2);
    expect(run.attempt.outcome?.kind).toBe('granted');
  });

  it('switching the alternative neither tells whether a face was right nor gives it another try', () => {
    const own = alternatives(['password+face'], ['password', 'otp']);
    for (const outcome of ['passed', 'failed'] as const) {
      const run = new Run(own);
      run.as(ADA, own);
      run.answer('face', outcome);
      for (const index of [0, 1, 0]) {
        run.on({ kind: 'chosen', index, at: 2 });
        expect(faceTarget(run.attempt)).toBeUndefined();
      }
      expect(wantedFactors(run.attempt)).toEqual(['password']);
      const effects = run.answer('password', 'passed', 3);
      if (outcome === 'passed') expect(run.attempt.outcome?.kind).toBe('granted');
      else expect(effects).toContainEqual({ kind: 'count', factors: ['password', 'face'] });
    }
  });

  it('a face that passed for somebody else is nobody else’s', () => {
    const own = alternatives(['face', 'password']);
    const run = new Run(own);
    run.as(ADA, own);
    run.on({ kind: 'face', result: result('face', 'passed'), personId: 'p_bob', own, at: 2 });
    expect(run.attempt.given.size + run.attempt.results.size).toBe(0);
    expect(faceTarget(run.attempt)).toEqual({ kind: 'person', personId: 'p_ada' });
    run.on({ kind: 'face', result: result('face', 'passed'), personId: 'p_ada', at: 3 });
    expect([...run.attempt.results.keys()]).toEqual(['face']);
  });

  it('whoever proved who he is sees his own alternatives and goes on where he stands', () => {
    const offered = alternatives(['password', 'otp'], ['badge', 'pin']);
    const own = alternatives(['badge', 'pin'], ['password', 'face', 'otp']);
    const run = new Run(offered);
    run.as(ADA, own);
    expect(run.attempt.alternatives).toBe(offered);
    run.answer('password', 'passed');
    expect(run.attempt.alternatives).toBe(own);
    expect(currentGroup(run.attempt)).toEqual(['face']);
    expect(run.attempt.outcome).toBeUndefined();
  });

  it('what is offered to others grants nothing', () => {
    const run = new Run(alternatives(['pin']), { purpose: 'attend' });
    run.as(ADA, alternatives(['pin', 'otp']));
    run.answer('pin', 'passed');
    expect(run.attempt.outcome).toBeUndefined();
    expect(wantedFactors(run.attempt)).toEqual(['otp']);
  });

  it('a purpose that is closed for a person is told after the proof only', () => {
    const run = new Run(alternatives(['pin']), { purpose: 'attend' });
    run.as(ADA, []);
    run.answer('pin', 'failed');
    expect(run.attempt.outcome).toBeUndefined();
    run.answer('pin', 'passed');
    expect(run.attempt.outcome).toEqual({ kind: 'denied', reason: 'outside_schedule' });
    expect(new Run([]).attempt.outcome).toEqual({ kind: 'denied', reason: 'outside_schedule' });
  });

  it('who may not come in learns it when every factor passed, not before', () => {
    const own = alternatives(['password', 'otp']);
    const run = new Run(own, { purpose: 'admin', rules: { ...RULES, refusal: () => 'not_permitted' } });
    run.as(ADA, own);
    run.answer('password', 'passed');
    expect(run.attempt.outcome).toBeUndefined();
    run.answer('otp', 'passed');
    expect(run.attempt.outcome).toEqual({ kind: 'denied', reason: 'not_permitted' });
    expect(run.effects.some((one) => one.kind === 'openSession')).toBe(false);
  });

  it('recognises somebody by the face, replaced by a name that is typed', () => {
    const own = alternatives(['password', 'face']);
    const run = new Run(own);
    expect(run.effects).toEqual([{ kind: 'watchFace', target: { kind: 'anybody' } }]);
    run.on({ kind: 'face', result: result('face', 'passed'), personId: 'p_bob', own, at: 1 });
    expect(run.attempt.identity).toEqual({ kind: 'person', personId: 'p_bob', by: 'face' });
    expect(isProven(run.attempt)).toBe(true);
    run.as(ADA, own);
    expect(run.attempt.identity).toEqual(ADA);
    expect(isProven(run.attempt)).toBe(false);
    expect(run.attempt.history).toEqual([]);
    run.answer('password', 'passed');
    expect(run.attempt.outcome).toBeUndefined();
    expect(faceTarget(run.attempt)).toEqual({ kind: 'person', personId: 'p_ada' });
    // Whoever has passed more than the face is not replaced.
    run.on({ kind: 'identified', identity: { kind: 'person', personId: 'p_bob', by: 'name' }, own, at: 2 });
    expect(run.attempt.identity).toEqual(ADA);
  });

  it('somebody who picked a way without the face is not taken for the one behind him', () => {
    const run = new Run(alternatives(['face'], ['badge', 'pin']), { purpose: 'attend' });
    run.on({ kind: 'chosen', index: 1, at: 1 });
    expect(run.effects.at(-1)).toEqual({ kind: 'stopFace' });
    run.on({ kind: 'face', result: result('face', 'passed'), personId: 'p_bob', own: alternatives(['face']), at: 2 });
    expect(run.attempt).toMatchObject({ identity: { kind: 'none' } });
    expect(run.attempt.outcome).toBeUndefined();
  });

  it('looks for nobody from elsewhere', () => {
    const run = new Run(alternatives(['password', 'face']), { place: 'remote' });
    run.as(ADA, run.attempt.offered);
    run.answer('face', 'passed');
    run.answer('password', 'passed');
    expect(run.attempt.outcome).toBeUndefined();
    expect(run.effects.some((one) => one.kind === 'watchFace')).toBe(false);
  });

  it.each([
    [59_999, undefined],
    [60_000, { kind: 'denied', reason: 'timeout' }],
  ])('idle for %i ms: %j', (at, outcome) => {
    const run = new Run(alternatives(['password']));
    run.on({ kind: 'tick', at });
    expect(run.attempt.outcome).toEqual(outcome);
  });

  it('typing keeps it from ending alone, and makes its life no longer', () => {
    const run = new Run(alternatives(['password']));
    for (let at = 50_000; at < 300_000; at += 50_000) expect(run.on({ kind: 'touched', at })).toEqual([]);
    expect(run.attempt).toMatchObject({ lastAt: 250_000, identity: { kind: 'none' }, history: [] });
    run.on({ kind: 'touched', at: 299_999 });
    expect(run.attempt.outcome).toBeUndefined();
    run.on({ kind: 'touched', at: 300_000 });
    expect(run.attempt.outcome).toEqual({ kind: 'denied', reason: 'timeout' });
    const left = new Run(alternatives(['password']));
    left.on({ kind: 'touched', at: 60_000 });
    expect(left.attempt.outcome).toEqual({ kind: 'denied', reason: 'timeout' });
  });

  it('whoever waits for a code is not taken for gone before two and a half minutes; a code that went nowhere waits for nobody', () => {
    const own = alternatives(['password', 'otp']);
    const waiting = (event: { message?: { code: 'code_not_sent' } }): Run => {
      const run = new Run(own);
      run.as(ADA, own);
      run.answer('password', 'passed');
      run.on({ kind: 'code', at: 10_000, ...event });
      return run;
    };
    const sent = waiting({});
    sent.on({ kind: 'tick', at: 159_999 });
    expect(sent.attempt.outcome).toBeUndefined();
    sent.on({ kind: 'tick', at: 160_000 });
    expect(sent.attempt.outcome).toEqual({ kind: 'denied', reason: 'timeout' });
    const notSent = waiting({ message: { code: 'code_not_sent' } });
    notSent.on({ kind: 'tick', at: 70_000 });
    expect(notSent.attempt.outcome).toEqual({ kind: 'denied', reason: 'timeout' });
  });

  it('lasts five minutes whatever is done, and an answer after its time is its end', () => {
    const own = alternatives(['password', 'otp']);
    const run = new Run(own);
    run.as(ADA, own);
    run.answer('password', 'passed');
    for (let at = 50_000; at < 300_000; at += 50_000) run.on({ kind: 'code', at });
    run.on({ kind: 'tick', at: 299_999 });
    expect(run.attempt.outcome).toBeUndefined();
    run.answer('otp', 'passed', 300_000);
    expect(run.attempt.outcome).toEqual({ kind: 'denied', reason: 'timeout' });
  });

  it('ends when every way holds a locked factor, else names what is locked', () => {
    const own = alternatives(['password', 'otp'], ['badge', 'pin']);
    const run = new Run(own);
    run.as(ADA, own);
    const locked = { kind: 'locked' } as const;
    run.on({ kind: 'judged', standings: new Map([['password', locked]]), at: 2 });
    expect(run.attempt.message).toEqual({ code: 'locked' });
    run.on({ kind: 'judged', standings: new Map([['password', { kind: 'wait', until: 9000 }]]), at: 2 });
    expect(run.attempt.message).toEqual({ code: 'wait', until: 9000 });
    run.on({
      kind: 'judged',
      standings: new Map([
        ['password', locked],
        ['pin', locked],
      ]),
      at: 2,
    });
    expect(run.attempt.outcome).toEqual({ kind: 'denied', reason: 'locked_out' });
  });

  it('a code that cannot be checked is no wrong answer', () => {
    const own = alternatives(['password', 'otp']);
    const run = new Run(own);
    run.as(ADA, own);
    run.answer('password', 'passed');
    expect(run.answer('otp', 'unavailable')).toEqual([]);
    expect(run.attempt.message).toEqual({ code: 'unavailable' });
    expect(wantedFactors(run.attempt)).toEqual(['otp']);
  });
});

/** What a test knows without the machine: which factors passed since the person of the attempt was named. */
interface Model {
  passed: Set<FactorKind>;
  own: readonly Alternative[];
  person: string | undefined;
  /** What the policy asks of everybody known. */
  readonly policy: readonly Alternative[];
}

describe('attempt machine over random events', () => {
  const stepArb = fc
    .uniqueArray(fc.constantFrom(...FACTOR_KINDS), { minLength: 1, maxLength: 2 })
    .map((kinds) => kinds as readonly FactorKind[]);
  const listArb: fc.Arbitrary<readonly Alternative[]> = fc.array(fc.array(stepArb, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  const outcomeArb = fc.constantFrom<FactorOutcome>('passed', 'passed', 'passed', 'failed', 'unavailable');

  class Happens implements fc.Command<Model, Run> {
    readonly eventOf: (own: readonly Alternative[], attempt: Attempt) => AttemptEvent;
    constructor(eventOf: Happens['eventOf']) {
      this.eventOf = eventOf;
    }
    check(): boolean {
      return true;
    }
    run(model: Model, real: Run): void {
      const before = real.attempt;
      const event = this.eventOf(model.policy, before);
      const effects = real.on(event);
      const after = real.attempt;
      if (before.outcome !== undefined) {
        expect(after).toBe(before);
        expect(effects).toEqual([]);
        return;
      }
      const named = after.identity.kind === 'person' ? after.identity.personId : undefined;
      if (named !== model.person) {
        model.person = named;
        model.passed = new Set();
        model.own = event.kind === 'identified' || event.kind === 'face' ? (event.own ?? []) : [];
      }
      const results = [
        ...(event.kind === 'answered' || event.kind === 'face' ? [event.result] : []),
        ...(event.kind === 'identified' && event.badge ? [event.badge] : []),
      ];
      const isAsked = (kind: FactorKind): boolean =>
        event.kind !== 'answered'
          ? event.kind === 'identified' || faceTarget(before) !== undefined
          : wantedFactors(before).includes(kind);
      for (const one of results) if (one.outcome === 'passed' && isAsked(one.kind)) model.passed.add(one.kind);
      // What failed together is asked for again together.
      for (const effect of effects)
        if (effect.kind === 'count') for (const kind of effect.factors) model.passed.delete(kind);
      if (after.outcome?.kind === 'granted') {
        expect(named).toBeDefined();
        expect(model.own.some((one) => one.flat().every((kind) => model.passed.has(kind)))).toBe(true);
      }
      const openings = effects.filter((one) => ['openSession', 'record', 'openDoor'].includes(one.kind));
      expect(openings.length).toBe(after.outcome?.kind === 'granted' ? 1 : 0);
      expect(real.decisions.length).toBe(after.outcome === undefined ? 0 : 1);
      // Nothing opens before it is recorded, and an attempt that is over wants no camera.
      if (openings.length > 0) expect(effects.at(-2)?.kind).toBe('decide');
      if (after.outcome !== undefined) expect(faceTarget(after)).toBeUndefined();
      // What is shown depends on the name only after a factor passed.
      if (!isProven(after)) expect(after.alternatives).toBe(after.offered);
    }
    toString(): string {
      return JSON.stringify(this.eventOf([], new Run([]).attempt));
    }
  }

  const atArb = fc.integer({ min: 1, max: 400 });
  const identityArb = fc.constantFrom(
    ...(['name', 'badge'] as const).flatMap((by) => [
      { kind: 'person' as const, personId: 'p_ada', by },
      { kind: 'person' as const, personId: 'p_ada', by },
      { kind: 'person' as const, personId: 'p_bob', by },
      { kind: 'unknown' as const, subject: 'n_1', by },
    ]),
  );
  const identified = fc.record({ identity: identityArb, at: atArb }).map(
    ({ identity, at }) =>
      new Happens((own) => ({
        kind: 'identified',
        identity,
        own: identity.kind === 'person' ? own : [],
        ...(identity.by === 'badge' && {
          badge: result('badge', identity.kind === 'person' ? 'passed' : 'failed'),
        }),
        at,
      })),
  );
  const measured = fc
    .record({ kind: fc.constantFrom(...FACTOR_KINDS), asked: fc.nat(9), outcome: outcomeArb, at: atArb })
    .map(
      ({ kind, asked, outcome, at }) =>
        new Happens((own, attempt) => {
          // Mostly what is asked for, sometimes anything.
          const one = asked < 8 ? (wantedFactors(attempt)[asked % 2] ?? kind) : kind;
          if (one !== 'face') return { kind: 'answered', result: result(one, outcome), at };
          return {
            kind: 'face',
            result: result('face', outcome),
            ...(outcome === 'passed' && { personId: 'p_bob', own }),
            at,
          };
        }),
    );
  const chosen = fc
    .record({ index: fc.integer({ min: -1, max: 4 }), at: atArb })
    .map(({ index, at }) => new Happens(() => ({ kind: 'chosen', index, at })));
  const judged = fc
    .record({ kind: fc.constantFrom(...FACTOR_KINDS), standing: fc.constantFrom('open', 'locked', 'wait'), at: atArb })
    .map(({ kind, standing, at }) => {
      const one =
        standing === 'wait'
          ? ({ kind: 'wait', until: 500 } as const)
          : ({ kind: standing } as { kind: 'open' | 'locked' });
      return new Happens(() => ({ kind: 'judged', standings: new Map([[kind, one]]), at }));
    });
  const ends = fc.constantFrom<AttemptEvent>(
    { kind: 'tick', at: 399 },
    { kind: 'tick', at: 70_000 },
    { kind: 'touched', at: 399 },
    { kind: 'cancelled', at: 5 },
  );
  const over = fc
    .tuple(fc.nat(9), ends)
    .map(([chance, end]) => new Happens(() => (chance === 0 ? end : { kind: 'code', at: 5 })));

  it('never grants without every factor of one own alternative, and ends exactly once', async () => {
    const seed = Date.now() & 0x7fffffff;
    const tally = { runs: 0, granted: 0 };
    const commands = fc.commands([identified, measured, measured, measured, measured, chosen, judged, over], {
      maxCommands: 40,
    });
    await fc.assert(
      fc.property(listArb, listArb, fc.nat(3), commands, (offered, other, same, script) => {
        const policy = same === 0 ? other : offered;
        const model: Model = { passed: new Set(), own: [], person: undefined, policy };
        const real = new Run(offered);
        fc.modelRun(() => ({ model, real }), script);
        tally.runs += 1;
        if (real.attempt.outcome?.kind === 'granted') tally.granted += 1;
      }),
      { numRuns: 1000, seed },
    );
    expect(tally.granted).toBeGreaterThan(20);
    console.log(
      `attempt machine: ${tally.runs} random runs, ${tally.granted} granted, 0 without every factor, 0 ended twice, seed ${seed}`,
    );
  });
});
