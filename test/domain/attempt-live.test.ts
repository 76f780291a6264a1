import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, AttemptEvent, AttemptRules, LivenessTarget } from '../../src/domain/attempt.js';
import { livenessTarget, sameLivenessTarget } from '../../src/domain/attempt-live.js';
import { beginAttempt, reduce } from '../../src/domain/attempt-reduce.js';
import { deadline } from '../../src/domain/attempt-steps.js';
import type { FactorKind, FactorOutcome, FactorResult } from '../../src/domain/factor.js';
import { LIVENESS_REASONS, type LivenessReason } from '../../src/domain/liveness/gate.js';
import { type Alternative, parseStep } from '../../src/domain/policy.js';
import { someEvidence } from '../fakes/fake-liveness.js';

const RULES: AttemptRules = { idleMs: 60_000, lifeMs: 300_000, usable: () => true, refusal: () => undefined };
const ADA = { kind: 'person', personId: 'p_ada', by: 'name' } as const;
const NOBODY = { kind: 'unknown', subject: 'n_1', by: 'name' } as const;

const ways = (...written: readonly string[][]): readonly Alternative[] => written.map((steps) => steps.map(parseStep));

function begin(
  own: readonly Alternative[],
  place: 'kiosk' | 'remote' = 'kiosk',
  purpose: Attempt['purpose'] = 'login',
) {
  const facts = { id: 'a', purpose, place, startedAt: 0, identity: { kind: 'none' }, offered: own, own: [] } as const;
  return beginAttempt(facts, RULES).attempt;
}

function on(attempt: Attempt, ...events: readonly AttemptEvent[]): Attempt {
  return events.reduce((now, event) => reduce(now, event, RULES).attempt, attempt);
}

function result(kind: FactorKind, outcome: FactorOutcome, reason?: LivenessReason): FactorResult {
  const word = outcome === 'passed' ? 'ok' : outcome === 'failed' ? 'challenge_failed' : 'factor_unavailable';
  const isRun = kind === 'liveness' || kind === 'pose';
  return { kind, outcome, reason: word, ...(isRun && { evidence: someEvidence(kind, outcome, reason) }), at: 1 };
}

const named = (own: readonly Alternative[], identity: typeof ADA | typeof NOBODY = ADA): AttemptEvent => ({
  kind: 'identified',
  identity,
  own: identity.kind === 'person' ? own : [],
  at: 1,
});
const answered = (kind: FactorKind, outcome: FactorOutcome, target?: LivenessTarget): AttemptEvent => ({
  kind: 'answered',
  result: result(kind, outcome),
  ...(target && { target }),
  at: 1,
});
const face = (outcome: FactorOutcome): AttemptEvent => ({ kind: 'face', result: result('face', outcome), at: 1 });
const about = (factor: 'liveness' | 'pose', more: Partial<LivenessTarget> = {}): LivenessTarget => ({
  factor,
  who: { kind: 'person', personId: 'p_ada' },
  bound: true,
  ...more,
});

describe('the run that is wanted', () => {
  const own = ways(['password', 'face+liveness'], ['password', 'otp']);

  it('is wanted when its turn has come, of the person named, and not elsewhere or afterwards', () => {
    const fresh = begin(own);
    expect(livenessTarget(fresh)).toBeUndefined();
    const known = on(fresh, named(own));
    expect(livenessTarget(known)).toBeUndefined();
    const proven = on(known, answered('password', 'passed'));
    expect(livenessTarget(proven)).toEqual(about('liveness'));
    expect(livenessTarget(on(begin(own, 'remote'), named(own), answered('password', 'passed')))).toBeUndefined();
    expect(livenessTarget(on(proven, { kind: 'cancelled', at: 2 }))).toBeUndefined();
    expect(livenessTarget(on(proven, { kind: 'chosen', index: 1, at: 2 }))).toBeUndefined();
    expect(livenessTarget(on(proven, answered('liveness', 'failed', about('liveness'))))).toBeUndefined();
  });

  it('is wanted for a name that nobody has as well, and is bound to the face where some way asks for both', () => {
    const together = ways(['face+liveness'], ['badge', 'pin']);
    expect(livenessTarget(on(begin(together), named(together, NOBODY)))).toEqual(
      about('liveness', { who: { kind: 'nobody' } }),
    );
    const pose = ways(['password+pose'], ['password', 'otp']);
    expect(livenessTarget(on(begin(pose), named(pose)))?.bound).toBe(false);
    const both = ways(['password+pose'], ['face', 'pose', 'pin']);
    expect(livenessTarget(on(begin(both), named(both)))?.bound).toBe(true);
    // What passes now would count in the person's own way that is not shown yet.
    const hidden = on(begin(pose), { ...named(both), at: 1 });
    expect(hidden.alternatives).toEqual(pose);
    expect(livenessTarget(hidden)?.bound).toBe(true);
  });

  it('comes one after the other where a step asks for both', () => {
    const both = ways(['face+liveness+pose', 'pin'], ['badge', 'pin']);
    const first = on(begin(both), named(both));
    expect(livenessTarget(first)?.factor).toBe('liveness');
    const second = on(first, answered('liveness', 'passed', livenessTarget(first)!));
    expect(livenessTarget(second)?.factor).toBe('pose');
  });
});

describe('a result of a run', () => {
  const own = ways(['face+liveness', 'pose'], ['badge', 'pin']);

  it('counts only for exactly what is wanted now, whatever else comes (property)', async () => {
    const target: fc.Arbitrary<LivenessTarget> = fc.record({
      factor: fc.constantFrom('liveness' as const, 'pose' as const),
      who: fc.constantFrom(
        { kind: 'person' as const, personId: 'p_ada' },
        { kind: 'person' as const, personId: 'p_bob' },
        { kind: 'nobody' as const },
      ),
      bound: fc.boolean(),
    });
    const outcome = fc.constantFrom<FactorOutcome>('passed', 'passed', 'passed', 'failed', 'unavailable');
    // Three of four hit what is wanted.
    const aim = fc.record({ hits: fc.constantFrom(true, true, true, false), else: fc.option(target) });
    const event = fc.oneof(
      fc.record({ run: fc.constantFrom('liveness' as const, 'pose' as const), outcome, aim }),
      fc.record({ face: outcome }),
      fc.record({ choose: fc.constant(0) }),
    );
    let granted = 0;
    await fc.assert(
      fc.property(fc.array(event, { minLength: 6, maxLength: 16 }), (events) => {
        let attempt = on(begin(own), named(own));
        const passed = new Set<FactorKind>();
        for (const one of events) {
          if ('choose' in one) attempt = on(attempt, { kind: 'chosen', index: one.choose, at: 2 });
          else if ('face' in one) attempt = on(attempt, face(one.face));
          else {
            const wanted = livenessTarget(attempt);
            const given = one.aim.hits ? wanted : (one.aim.else ?? undefined);
            const fits = wanted?.factor === one.run && sameLivenessTarget(wanted, given);
            const before = attempt;
            attempt = on(attempt, answered(one.run, one.outcome, given));
            if (!fits) expect(attempt).toBe(before);
            else if (one.outcome === 'passed') passed.add(one.run);
          }
        }
        if (attempt.outcome?.kind === 'granted') {
          granted += 1;
          expect([...passed].sort()).toEqual(['liveness', 'pose']);
        }
      }),
      { numRuns: 3000 },
    );
    expect(granted).toBeGreaterThan(20);
    console.log(
      `results of runs: 3000 random orders, ${granted} granted, every one with both runs about the person named`,
    );
  });

  it('that failed is counted once, also where the step it belongs to is never complete', () => {
    const together = ways(['password+pose'], ['password', 'otp']);
    const counts = (attempt: Attempt, event: AttemptEvent): unknown[] =>
      reduce(attempt, event, RULES).effects.filter(({ kind }) => kind === 'count');
    for (const identity of [ADA, NOBODY]) {
      const known = on(begin(together), named(together, identity));
      const failing = answered('pose', 'failed', livenessTarget(known)!);
      expect(counts(known, failing)).toEqual([]);
      const failed = on(known, failing);
      const once = [{ kind: 'count', factors: ['pose'] }];
      // What the prompts were is known to whoever stood there: a new draw is not for nothing.
      expect(counts(failed, { kind: 'cancelled', at: 2 })).toEqual(once);
      expect(counts(failed, { kind: 'tick', at: 300_001 })).toEqual(once);
      expect(counts(on(failed, { kind: 'chosen', index: 1, at: 2 }), { kind: 'cancelled', at: 3 })).toEqual(once);
      expect(counts(failed, answered('password', 'passed'))).toEqual([
        { kind: 'count', factors: ['password', 'pose'] },
      ]);
      const over = on(failed, answered('password', 'failed'));
      expect(counts(over, { kind: 'cancelled', at: 2 })).toEqual([]);
      const right = on(known, answered('pose', 'passed', livenessTarget(known)!));
      expect(counts(right, { kind: 'cancelled', at: 2 })).toEqual([]);
      expect(counts(on(known, answered('password', 'failed')), { kind: 'cancelled', at: 2 })).toEqual([]);
    }
    const way = ways(['face+liveness+pin'], ['badge', 'pin']);
    const seen = on(begin(way), { ...face('passed'), personId: 'p_ada', own: way } as AttemptEvent);
    const failed = on(seen, answered('liveness', 'failed', livenessTarget(seen)!));
    const other = { ...named(way), identity: { kind: 'person', personId: 'p_bob', by: 'name' } } as AttemptEvent;
    expect(counts(failed, other)).toEqual([{ kind: 'count', factors: ['liveness'] }]);
  });

  it('that is unavailable gives nothing, counts nothing and says why', () => {
    const alone = ways(['face', 'liveness'], ['badge', 'pin']);
    const proven = on(begin(alone), named(alone), face('passed'));
    const step = reduce(proven, answered('liveness', 'unavailable', about('liveness')), RULES);
    expect(step.effects).toEqual([]);
    expect(step.attempt.given.has('liveness')).toBe(false);
    expect(step.attempt.message).toEqual({ code: 'unavailable', detail: 'looks_like_picture' });
    expect(livenessTarget(step.attempt)).toEqual(about('liveness'));
  });

  it('tells every reason after a proof, and before it none that depends on the name', () => {
    const late = ways(['password', 'pose'], ['password', 'otp']);
    const early = ways(['pose', 'password'], ['password', 'otp']);
    for (const reason of LIVENESS_REASONS) {
      const run = (attempt: Attempt, outcome: 'failed' | 'unavailable'): Attempt =>
        on(attempt, {
          kind: 'answered',
          result: result('pose', outcome, reason),
          target: livenessTarget(attempt)!,
          at: 1,
        });
      const proven = on(begin(late), named(late), answered('password', 'passed'));
      expect(run(proven, 'failed').message).toEqual({ code: 'not_live', detail: reason });
      expect(run(proven, 'unavailable').message).toEqual({ code: 'unavailable', detail: reason });
      const hidden = ['other_face', 'pose_mismatch', 'no_pose_enrolled'].includes(reason);
      for (const identity of [ADA, NOBODY]) {
        const unproven = on(begin(early), named(early, identity));
        expect(run(unproven, 'failed').message).toEqual(
          hidden ? { code: 'not_right' } : { code: 'not_live', detail: reason },
        );
        expect(run(unproven, 'unavailable').message).toEqual(
          hidden ? { code: 'unavailable' } : { code: 'unavailable', detail: reason },
        );
      }
    }
  });
});

describe('whoever was recognised and only has to stand there', () => {
  const own = ways(['face+liveness'], ['badge', 'pin']);
  const seen = (attempt: Attempt): Attempt =>
    on(attempt, { kind: 'face', result: result('face', 'passed'), personId: 'p_ada', own, at: 1000 });

  it('is gone after 20 s, unless he presses something or does what the screen asks', () => {
    const walked = seen(begin(own, 'kiosk', 'attend'));
    expect(deadline(walked, RULES)).toBe(21_000);
    expect(deadline(on(walked, { kind: 'touched', until: 50_000, at: 2000 }), RULES)).toBe(50_000);
    expect(deadline(on(walked, { kind: 'chosen', index: 1, at: 2000 }), RULES)).toBe(62_000);
    expect(deadline(seen(begin(own)), RULES)).toBe(61_000);
  });

  it('may still say that he is somebody else', () => {
    const more = ways(['face+liveness', 'pin'], ['badge', 'pin']);
    const other = { kind: 'person', personId: 'p_bob', by: 'name' } as const;
    const found = on(begin(more), {
      kind: 'face',
      result: result('face', 'passed'),
      personId: 'p_ada',
      own: more,
      at: 1,
    });
    const lived = on(found, answered('liveness', 'passed', livenessTarget(found)!));
    expect([...lived.results.keys()]).toEqual(['face', 'liveness']);
    const replaced = on(lived, { kind: 'identified', identity: other, own: more, at: 2 });
    expect(replaced.identity).toEqual(other);
    // What the camera saw was somebody else.
    expect(replaced.results.size + replaced.given.size).toBe(0);
  });
});
