import { describe, expect, it } from 'vitest';
import { LightStage } from '../../../src/domain/liveness/light-stage.js';
import { LIGHT_BASELINE_MS, LIGHT_HOLD_MS, lightSequence } from '../../../src/domain/liveness/screen-light.js';

const SEQUENCE = lightSequence(() => 0);
const begun = (): LightStage => {
  const stage = new LightStage('run.light', SEQUENCE, 1000);
  stage.tick(1000 + LIGHT_BASELINE_MS);
  return stage;
};

describe('colours one after the other', () => {
  it('begin when the page was seen as ever for a while', () => {
    const stage = new LightStage('run.light', SEQUENCE, 1000);
    stage.tick(1000 + LIGHT_BASELINE_MS - 1);
    expect(stage.view()).toBeUndefined();
    stage.tick(1000 + LIGHT_BASELINE_MS);
    expect(stage.view()).toEqual({ id: 'run.light.0', colour: SEQUENCE[0]!.colour });
  });

  it('go on when the page had the one that is asked for on the screen long enough, and by no other word', () => {
    const stage = begun();
    for (const id of ['run.light.1', 'run.light', 'other.light.0', '']) {
      expect(stage.shown(id, 2000)).toBe(false);
      stage.tick(2000 + LIGHT_HOLD_MS);
      expect(stage.view()?.id).toBe('run.light.0');
    }
    expect(stage.shown('run.light.0', Number.NaN)).toBe(false);
    expect(stage.shown('run.light.0', 2600)).toBe(true);
    // Said again, it does not begin anew.
    expect(stage.shown('run.light.0', 2900)).toBe(true);
    stage.tick(2600 + LIGHT_HOLD_MS - 1);
    expect(stage.view()?.id).toBe('run.light.0');
    stage.tick(2600 + LIGHT_HOLD_MS);
    expect(stage.view()?.id).toBe('run.light.1');
    expect(stage.shown('run.light.0', 3300)).toBe(false);
  });

  it('end without an answer where the page says nothing, and without frames in the end', () => {
    const gone = begun();
    gone.tick(1000 + LIGHT_BASELINE_MS + 2001);
    expect(gone.end).toEqual({ state: 'unavailable', reason: 'page_gone' });
    expect(gone.view()).toBeUndefined();
    expect(gone.shown('run.light.0', 4000)).toBe(false);

    const unseen = begun();
    let at = 1700;
    for (const index of SEQUENCE.keys()) {
      expect(unseen.shown(`run.light.${index}`, at)).toBe(true);
      at += LIGHT_HOLD_MS;
      unseen.tick(at);
    }
    expect(unseen.end).toBeUndefined();
    unseen.tick(at + 2000);
    expect(unseen.end).toEqual({ state: 'unavailable', reason: 'not_measured' });
  });
});
