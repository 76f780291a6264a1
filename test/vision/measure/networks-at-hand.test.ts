import { describe, expect, it } from 'vitest';
import type { MeasureWish } from '../../../src/ports/vision.js';
import { type NetworkSource, NetworksAtHand } from '../../../src/vision/measure/networks-at-hand.js';
import { FakeStage } from '../../fakes/fake-stage.js';
import { eventually } from '../../support/real-time.js';

const WISH: MeasureWish = { passive: true, mesh: true, body: true, colour: false };

function room(change: (stage: FakeStage) => void = () => undefined) {
  const stage = new FakeStage();
  const began: string[] = [];
  const told: (boolean | string)[] = [];
  change(stage);
  const source: NetworkSource = {
    passive: () => {
      began.push('passive');
      return stage.source.passive();
    },
    mesh: () => {
      began.push('mesh');
      return stage.source.mesh();
    },
    body: () => {
      began.push('body');
      return stage.source.body();
    },
  };
  const networks = new NetworksAtHand({
    source,
    onLoading: (on) => told.push(on),
    trouble: (message) => told.push(message),
  });
  return { stage, began, told, networks };
}

describe('NetworksAtHand', () => {
  it('loads nothing before it is wanted', async () => {
    const { networks, began, told } = room();
    expect(networks.wanted({ passive: false, mesh: false, body: false, colour: true })).toEqual({});
    await Promise.resolve();
    expect([began, told]).toEqual([[], []]);
  });

  it('never waits: a network is there once it was loaded and run, and only for a wish that names it', async () => {
    const { networks, began, told, stage } = room();
    expect(networks.wanted(WISH)).toEqual({});
    await eventually('all are there', () => Object.keys(networks.wanted(WISH)).length === 3);
    expect(networks.wanted({ ...WISH, body: false, mesh: false })).toEqual({ passive: stage.networks.passive });
    expect(began).toEqual(['passive', 'mesh', 'body']);
    expect(told).toEqual([true, false]);
    expect(stage.calls).toMatchObject({ passive: 1, mesh: 1, body: 1 });
  });

  it('loads one after the other, so that the quick ones do not wait for the slow engine', async () => {
    let release: () => void = () => undefined;
    const { networks, began } = room((stage) => {
      Object.assign(stage.source, {
        mesh: () =>
          new Promise((resolve) => {
            release = () => resolve(stage.networks.mesh);
          }),
      });
    });
    networks.wanted(WISH);
    await eventually('the pair is there', () => networks.wanted(WISH).passive !== undefined);
    await eventually('the mesh is being loaded', () => began.includes('mesh'));
    expect(began).toEqual(['passive', 'mesh']);
    release();
    await eventually('the rest is there', () => networks.wanted(WISH).body !== undefined);
  });

  it('goes without a network that is absent, cannot be loaded, or fails when it is run first', async () => {
    const { networks, told, began } = room((stage) => {
      Object.assign(stage.source, {
        passive: async () => undefined,
        mesh: async () => {
          throw new Error('no engine');
        },
      });
      stage.bodyFault = new Error('no memory');
    });
    networks.wanted(WISH);
    await eventually('loading has ended', () => told.includes(false));
    expect(networks.wanted(WISH)).toEqual({});
    expect(told).toEqual([
      true,
      'The network mesh cannot be used: no engine',
      'The network body cannot be used: no memory',
      false,
    ]);
    expect(began).toHaveLength(3);
  });
});
