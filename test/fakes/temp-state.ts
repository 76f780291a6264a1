import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { FakeClock } from './fake-clock.js';
import { FakeRandom } from './fake-random.js';

let seed = 1;

/** A fresh state directory under the system's temporary directory. */
export async function tempState(): Promise<{
  directory: string;
  clock: FakeClock;
  store(): StateStore;
  dispose(): Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-state-'));
  const clock = new FakeClock();
  return {
    directory,
    clock,
    store: () => new StateStore({ directory, clock, random: new FakeRandom(seed++) }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}
