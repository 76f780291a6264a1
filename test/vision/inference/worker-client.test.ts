import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { MeasureNetworks } from '../../../src/ports/vision.js';
import { InferenceWorker } from '../../../src/vision/inference/worker-client.js';
import type { FromWorker } from '../../../src/vision/inference/worker-protocol.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { eventually } from '../../support/real-time.js';

const file = pathToFileURL(join(import.meta.dirname, '..', '..', 'fakes', 'bin', 'loading-worker.mjs'));
const analysis = { faces: [], scene: { brightness: 1, contrast: 1 }, timings: { detectMs: 1, embedMs: 0 } };
const picture = { width: 1, height: 1, bgr: new Uint8Array(3) };
let end: () => Promise<void> = async () => undefined;
afterEach(() => end());

/** A worker that has finished one frame, so that the limit of a warm engine holds. */
async function warm() {
  const clock = new FakeClock();
  const networks: MeasureNetworks[] = [];
  const troubles: string[] = [];
  const channel = new BroadcastChannel('the-worker-of-this-test');
  const worker = new InferenceWorker({
    clock,
    file,
    settings: { modelsDirectory: '', pack: channel.name, detectSize: 320 },
    onGone: () => undefined,
    onNetworks: (now) => networks.push(now),
    onTrouble: (message) => troubles.push(message),
  });
  end = async () => {
    channel.close();
    await worker.stop();
  };
  const say = (what: FromWorker): void => channel.postMessage(what);
  await worker.ready();
  const first = worker.analyse('live', picture);
  say({ t: 'analysed', id: 1, analysis });
  await first;
  return { worker, clock, networks, troubles, say };
}

describe('InferenceWorker', () => {
  it('notices a hung engine after four seconds, after fifteen while networks are being loaded', async () => {
    const { worker, clock, say } = await warm();
    const second = worker.analyse('live', picture);
    clock.advance(3900);
    expect(worker.overdue()).toBeUndefined();
    clock.advance(200);
    expect(worker.overdue()).toBe(4000);
    say({ t: 'loading', on: true });
    await eventually('loading excuses it', () => worker.overdue() === undefined);
    clock.advance(11_000);
    expect(worker.overdue()).toBe(15_000);
    say({ t: 'loading', on: false });
    await eventually('the usual limit holds again', () => worker.overdue() === 4000);
    say({ t: 'analysed', id: 2, analysis });
    await second;
    expect(worker.overdue()).toBeUndefined();
  });

  it('hands on which networks there are, and troubles', async () => {
    const { networks, troubles, say } = await warm();
    say({ t: 'networks', networks: { mesh: 'sha256:1' } });
    say({ t: 'trouble', message: 'The network body cannot be used.' });
    await eventually('the trouble is told', () => troubles.length > 0);
    expect([networks, troubles]).toEqual([[{ mesh: 'sha256:1' }], ['The network body cannot be used.']]);
  });
});
