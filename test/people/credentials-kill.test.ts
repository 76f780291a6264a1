import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { Credentials } from '../../src/people/credentials.js';
import { builtSource } from '../fakes/built-source.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';

/** Changes one person after the other and says so when it is durable. */
const WRITER = `import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { StateStore } from './adapters/store-lowdb.js';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { FileKeySource } from './adapters/key-source-file.js';
import { Credentials } from './people/credentials.js';
const [directory] = process.argv.slice(2);
const random = new CryptoRandom();
const clock = new SystemClock();
const store = new StateStore({ directory, clock, random });
await store.open();
const credentials = new Credentials({ store, clock, random, keySource: new FileKeySource(join(directory, 'template.key')) });
await credentials.start();
if (credentials.faults().length > 0) process.exit(3);
for (let n = 0; ; n++) {
  const id = 'p_00000000000' + (n % 5);
  const own = await credentials.change(id, (c) => ({ ...c, userName: 'person-' + (n % 5),
    passwordHash: 'hash', totp: { secret: String(Number(c.totp?.secret ?? 0) + 1) } }));
  writeSync(1, id + ' ' + own.totp.secret + '\\n');
}
`;

let state: Awaited<ReturnType<typeof tempState>>;
let built: string;
beforeEach(async () => {
  state = await tempState();
  built = builtSource();
  writeFileSync(join(built, 'credentials-writer.mjs'), WRITER);
});
afterEach(async () => {
  rmSync(built, { recursive: true, force: true });
  await state.dispose();
});

describe('kill -9 while credentials are stored', () => {
  it('loses no answered change, tears no record and leaves no temporary file', async () => {
    const answered = new Map<string, number>();
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [join(built, 'credentials-writer.mjs'), state.directory]);
      const stopAfter = 4 + ((round * 7) % 13);
      let out = '';
      let complaint = '';
      child.stderr.on('data', (chunk) => {
        complaint += chunk;
      });
      const ended = new Promise<NodeJS.Signals | null>((done) => child.once('close', (_code, signal) => done(signal)));
      child.stdout.on('data', (chunk) => {
        out += chunk;
        if (out.split('\n').length > stopAfter) child.kill('SIGKILL');
      });
      expect([complaint, await ended]).toEqual(['', 'SIGKILL']);
      for (const line of out.slice(0, out.lastIndexOf('\n')).split('\n')) {
        const [id, step] = line.split(' ');
        answered.set(id!, Number(step));
      }
    }
    const store = state.store();
    await store.open();
    const keySource = new FileKeySource(join(state.directory, 'template.key'));
    const credentials = new Credentials({ store, clock: state.clock, random: new FakeRandom(), keySource });
    await credentials.start();
    expect(credentials.faults()).toEqual([]);
    expect(answered.size).toBe(5);
    for (const [id, step] of answered) {
      // The last write may have been durable without having been answered.
      expect([step, step + 1]).toContain(Number(credentials.of(id)?.totp?.secret));
    }
    expect((await readdir(state.directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await store.close();
  });
});
