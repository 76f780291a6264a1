import { describe, expect, it } from 'vitest';
import type { LivenessRequest, LivenessRuns } from '../../src/auth/liveness-runs.js';
import type { LivenessTarget } from '../../src/domain/attempt.js';
import type { FactorResult } from '../../src/domain/factor.js';
import type { LivenessReason } from '../../src/domain/liveness/gate.js';

/** Runs of liveness with a way to let them end. */
export interface RunsUnderTest {
  readonly runs: LivenessRuns;
  /** A person whose face is enrolled. */
  readonly personId: string;
  /** The run under way passes. */
  pass(): Promise<void>;
  /** From now on no run could pass. */
  refuse(reason: LivenessReason): void;
  /** Nobody stands there. */
  leave(): void;
  dispose(): Promise<void>;
}

/** What attempts rely on, whoever carries out the runs. */
export function livenessRunsContract(name: string, make: () => Promise<RunsUnderTest>): void {
  describe(`liveness runs contract: ${name}`, () => {
    async function using(work: (room: RunsUnderTest) => Promise<void>): Promise<void> {
      const room = await make();
      try {
        await work(room);
      } finally {
        await room.dispose();
      }
    }
    function begin({ runs, personId }: RunsUnderTest, more: Partial<LivenessRequest> = {}) {
      const results: FactorResult[] = [];
      const target: LivenessTarget = { factor: 'liveness', who: { kind: 'person', personId }, bound: true };
      const onEnd = (result: FactorResult): void => void results.push(result);
      const run = runs.begin({ target, level: 'passive', proven: true, onEnd, ...more });
      return { results, run };
    }
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    it('a run ends once, with evidence of the factor that was asked for', () =>
      using(async (room) => {
        const { results, run } = begin(room);
        expect(run.view()).toMatchObject({ phase: 'passive' });
        await room.pass();
        await room.pass();
        expect(results).toMatchObject([
          { kind: 'liveness', outcome: 'passed', reason: 'ok', evidence: { state: 'passed' } },
        ]);
      }));

    it('a run that cannot pass says why, and not from inside `begin`', () =>
      using(async (room) => {
        expect(room.runs.whyNot('liveness', 'passive')).toBeUndefined();
        room.refuse('camera_not_allowed');
        expect(room.runs.whyNot('liveness', 'passive')).toBe('camera_not_allowed');
        const { results } = begin(room);
        expect(results).toEqual([]);
        await settled();
        expect(results).toMatchObject([{ outcome: 'unavailable', evidence: { reason: 'camera_not_allowed' } }]);
      }));

    it('a run that was stopped, and one that another followed, say nothing more', () =>
      using(async (room) => {
        const first = begin(room);
        const second = begin(room);
        second.run.stop();
        await room.pass();
        expect([first.results, second.results]).toEqual([[], []]);
        const third = begin(room);
        // Somebody else's run is not stopped by a former one.
        first.run.stop();
        await room.pass();
        expect(third.results).toHaveLength(1);
      }));

    it('takes the word of the page only for what is asked for', () =>
      using(async (room) => {
        const { run } = begin(room);
        run.stop();
        expect([run.shown('no-prompt'), run.skip('no-prompt')]).toEqual([false, false]);
      }));

    it('pose is always the challenge, and what is ahead says whether somebody stands there', () =>
      using(async (room) => {
        for (const purpose of ['attend', 'login', 'door', 'admin'] as const)
          expect(room.runs.levelOf('pose', purpose)).toBe('full');
        expect(room.runs.faceInSight()).toBe(true);
        expect(room.runs.ahead('liveness', 'full')).not.toHaveProperty('hint');
        room.leave();
        expect(room.runs.faceInSight()).toBe(false);
        expect(room.runs.ahead('liveness', 'passive')).toMatchObject({ phase: 'passive', hint: 'no_face' });
        expect(room.runs.enrolled('liveness', room.personId)).toBe(true);
      }));
  });
}
