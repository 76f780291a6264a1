import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hash as argon2Hash, parseOptions } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Argon2Thread } from '../../src/adapters/argon2-thread.js';
import { Argon2PasswordHasher, PASSWORD_QUEUE_MAX } from '../../src/adapters/password-argon2.js';
import { BcryptVerifier } from '../../src/adapters/password-bcrypt.js';
import { argon2Parameters, leastMemoryKib } from '../../src/adapters/password-parameters.js';
import { configSchema } from '../../src/config/schema.js';
import { normalisePassword } from '../../src/domain/password-rules.js';
import { passwordHasherContract } from '../contracts/password-hasher.js';
import { builtSource } from '../fakes/built-source.js';
import { FakeRandom } from '../fakes/fake-random.js';

const FLOOR = { memoryKib: 19456, passes: 2 };
/** Made by crypt(3) of libxcrypt and by Python's hashlib. */
const BCRYPT = '$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W';
const BCRYPT_Y = '$2y$04$......................l6M/sUPU8YPO.UurzLSAbCShbzCLNF.';
const BCRYPT_72 = '$2b$04$XajjQvNhvvRt5GSeFk1xFee4hU08UPEhSBtx4WyijWjzm9SY8.FjK';
const DJANGO = 'pbkdf2_sha256$260000$Qw3rTy$/AVRf/HeXLNRVHbBT++/o4HeNoF3UnQadHN9Yn0bbTk=';
const DJANGO_MILLION = 'pbkdf2_sha256$1000000$seasalt2$egbhFghgsJVDo5Tpg/k9ZnfbySKQ1UQnBYXhR97a7sk=';

let built: string;
let bcrypt: BcryptVerifier;
let hasher: Argon2PasswordHasher;
let thread: Argon2Thread;

beforeAll(() => {
  built = builtSource();
  bcrypt = new BcryptVerifier(pathToFileURL(join(built, 'adapters', 'password-bcrypt-worker.js')));
  hasher = new Argon2PasswordHasher({ random: new FakeRandom(), config: FLOOR, bcrypt });
  thread = new Argon2Thread(pathToFileURL(join(built, 'adapters', 'argon2-thread-worker.js')));
});
afterAll(async () => {
  await thread.stop();
  await hasher.stop();
  rmSync(built, { recursive: true, force: true });
});

describe('B3 cost of argon2id', () => {
  it.each([
    [19455, 2],
    [47103, 1],
    [12287, 3],
    [9215, 4],
    [7167, 5],
    [19456, 0],
    [Number.NaN, 2],
  ])('refuses to start with %d KiB and %d passes', (memoryKib, passes) => {
    expect(() => new Argon2PasswordHasher({ random: new FakeRandom(), config: { memoryKib, passes } })).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  });

  it('names the place in the configuration', () => {
    const parsed = configSchema.safeParse({ zone: 'Europe/Berlin', passwords: { memoryKib: 19456, passes: 1 } });
    expect(parsed.error?.issues).toMatchObject([{ path: ['passwords', 'memoryKib'] }]);
    expect(configSchema.safeParse({ zone: 'Europe/Berlin', passwords: { memoryKib: 47104, passes: 1 } }).success).toBe(
      true,
    );
  });

  it('starts exactly at each floor', () => {
    for (const passes of [1, 2, 3, 4, 5, 10])
      expect(
        () =>
          new Argon2PasswordHasher({ random: new FakeRandom(), config: { memoryKib: leastMemoryKib(passes), passes } }),
      ).not.toThrow();
  });

  it('stores PHC strings of that cost, each with a salt of its own', async () => {
    const [one, other] = [await hasher.hash('wet plum horses'), await hasher.hash('wet plum horses')];
    expect(one).not.toBe(other);
    for (const stored of [one, other]) {
      expect(parseOptions(stored)).toMatchObject({ algorithm: 2, memoryCost: 19456, timeCost: 2, parallelism: 1 });
      expect(parseOptions(stored)).toMatchObject({ outputLen: 32, saltLen: 16 });
      expect(argon2Parameters(stored)).toEqual({ memoryKib: 19456, passes: 2, parallelism: 1 });
      expect(hasher.knows(stored)).toBe(true);
      expect(await hasher.verify(stored, 'wet plum horses')).toEqual({ matches: true, outdated: false });
      expect(await hasher.verify(stored, 'wet plum horse')).toEqual({ matches: false, outdated: false });
    }
  });

  it('says that a hash of a lower cost is outdated, and none of a higher one', async () => {
    const stored = await hasher.hash('wet plum horses');
    const raised = new Argon2PasswordHasher({ random: new FakeRandom(), config: { memoryKib: 24576, passes: 2 } });
    expect(await raised.verify(stored, 'wet plum horses')).toEqual({ matches: true, outdated: true });
    const dearer = await raised.hash('wet plum horses');
    expect(await hasher.verify(dearer, 'wet plum horses')).toEqual({ matches: true, outdated: false });
    const weak = await argon2Hash('wet plum horses', { memoryCost: 8192, timeCost: 1, parallelism: 2 });
    expect(await hasher.verify(weak, 'wet plum horses')).toEqual({ matches: true, outdated: true });
  });
});

describe('B1 what is hashed', () => {
  it('tells passwords apart after byte 72 and at 1,024 characters', async () => {
    const long = 'x'.repeat(72);
    const stored = await hasher.hash(`${long}a`);
    expect((await hasher.verify(stored, `${long}b`)).matches).toBe(false);
    expect((await hasher.verify(stored, long)).matches).toBe(false);
    expect((await hasher.verify(stored, `${long}a`)).matches).toBe(true);
    const longest = await hasher.hash(`${'q'.repeat(1023)}a`);
    expect((await hasher.verify(longest, `${'q'.repeat(1023)}b`)).matches).toBe(false);
  });

  it('takes a composed and a decomposed spelling for one', async () => {
    const stored = await hasher.hash(normalisePassword('cafe\u0301 au lait'));
    expect((await hasher.verify(stored, normalisePassword('caf\u00e9 au lait'))).matches).toBe(true);
  });
});

describe('imported hashes', () => {
  it.each([
    ['bcrypt 2b', BCRYPT, 'correct horse battery staple'],
    ['bcrypt 2y', BCRYPT_Y, 'pässwörter ünd mehr'],
    ['bcrypt beyond 72 bytes, as bcrypt has it', BCRYPT_72, 'x'.repeat(73)],
    ['Django', DJANGO, 'swordfish-and-chips'],
    ['Django of a million iterations', DJANGO_MILLION, 'lètmein'],
  ])('%s matches its password only, and is outdated', async (_name, stored, plain) => {
    expect(hasher.knows(stored)).toBe(true);
    expect(await hasher.verify(stored, plain)).toEqual({ matches: true, outdated: true });
    expect((await hasher.verify(stored, plain.slice(1).concat('!').slice(0, 60))).matches).toBe(false);
  });

  it.each([
    ['bcrypt of cost 14', BCRYPT.replace('$10$', '$14$')],
    ['bcrypt of cost 31', BCRYPT.replace('$10$', '$31$')],
    ['bcrypt cut off', BCRYPT.slice(0, -1)],
    ['an old bcrypt', BCRYPT.replace('$2b$', '$2$')],
    ['Django of a billion iterations', DJANGO.replace('260000', '1000000000')],
    ['Django of 2,000,001 iterations', DJANGO.replace('260000', '2000001')],
    ['Django of one iteration', DJANGO.replace('260000', '1')],
    ['Django SHA-1', DJANGO.replace('sha256', 'sha1')],
    ['argon2i', '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$WggyjPyk8MoRtc8IYq2r6AWggyjPyk8MoRtc8IYq2r6'],
    [
      'argon2id of 4 GiB',
      '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$WggyjPyk8MoRtc8IYq2r6AWggyjPyk8MoRtc8IYq2r6',
    ],
    [
      'argon2id of 1,000 passes',
      '$argon2id$v=19$m=19456,t=1000,p=1$c29tZXNhbHRzb21lc2FsdA$WggyjPyk8MoRtc8IYq2r6AWggyjPyk8MoRtc8IYq2r6',
    ],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a password in the clear', 'wet plum horses'],
    ['nothing', ''],
  ])('%s is not known and matches nothing', async (_name, stored) => {
    expect(hasher.knows(stored)).toBe(false);
    expect(await hasher.verify(stored, 'wet plum horses')).toEqual({ matches: false, outdated: false });
  });

  it('answers nobody with no match, after the same computation', async () => {
    expect(await hasher.verify(undefined, 'wet plum horses')).toEqual({ matches: false, outdated: false });
  });

  it('works on after its thread was ended', async () => {
    await hasher.stop();
    expect((await hasher.verify(BCRYPT_Y, 'pässwörter ünd mehr')).matches).toBe(true);
  });
});

describe('B4 the queue', () => {
  it('computes one at a time in the order of asking, and refuses what is beyond it at once', async () => {
    const order: number[] = [];
    const all = Array.from({ length: PASSWORD_QUEUE_MAX + 5 }, async (_, n) => {
      const { matches } = await hasher.verify(undefined, `guess ${n}`);
      order.push(n);
      return matches;
    });
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map((one) => one.status)).toEqual([
      ...Array.from({ length: PASSWORD_QUEUE_MAX }, () => 'fulfilled'),
      ...Array.from({ length: 5 }, () => 'rejected'),
    ]);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'busy' } });
    expect(order).toEqual(Array.from({ length: PASSWORD_QUEUE_MAX }, (_, n) => n));
    expect(await hasher.verify(undefined, 'afterwards')).toMatchObject({ matches: false });
  });
});

passwordHasherContract(
  'argon2 in a thread',
  () => new Argon2PasswordHasher({ random: new FakeRandom(6), config: FLOOR, argon2: thread }),
);

describe('argon2id in a thread of its own', () => {
  const COST = { memoryKib: 19456, passes: 2 };

  it('makes hashes of the cost that is asked for', async () => {
    const stored = await thread.hash('seven brown kettles', { memoryKib: 20000, passes: 3 });
    expect(argon2Parameters(stored)).toEqual({ memoryKib: 20000, passes: 3, parallelism: 1 });
    expect(await thread.verify(stored, 'seven brown kettles')).toBe(true);
    expect(await thread.verify(stored, 'seven brown kettle')).toBe(false);
  });

  it.runIf(process.platform === 'linux')('goes last where there is not enough CPU for all', async () => {
    await thread.hash('seven brown kettles', COST);
    const niceOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    const tasks = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'));
    const own = niceOf(readFileSync('/proc/self/stat', 'utf8'));
    expect(own).toBeLessThan(10);
    expect(tasks.filter((stat) => niceOf(stat) === 10)).toHaveLength(1);
  });

  it('says in its own words that a hash cannot be compared, and goes on', async () => {
    await expect(thread.verify('$argon2id$broken', 'secret words')).rejects.toThrow('argon2 could not compute');
    const stored = await thread.hash('secret words', COST);
    expect(await thread.verify(stored, 'secret words')).toBe(true);
  });

  it('answers nobody for good when it ends, and begins again at the next question', async () => {
    const stored = await thread.hash('seven brown kettles', COST);
    const asked = thread.verify(stored, 'seven brown kettles');
    asked.catch(() => undefined);
    await thread.stop();
    await expect(asked).rejects.toMatchObject({ code: 'busy' });
    expect(await thread.verify(stored, 'seven brown kettles')).toBe(true);
  });
});
