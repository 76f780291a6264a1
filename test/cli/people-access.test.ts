import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { Argon2PasswordHasher } from '../../src/adapters/password-argon2.js';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { CodeBudget } from '../../src/auth/code-budget.js';
import { TakenSteps } from '../../src/auth/taken-steps.js';
import { adminCommand } from '../../src/cli/admin.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { type LocalKiosk, openLocalKiosk } from '../../src/cli/local-kiosk.js';
import { configFor } from '../../src/cli/options.js';
import { peopleCommand } from '../../src/cli/people.js';
import { parsePeopleCsv } from '../../src/cli/people-csv.js';
import { runProgram } from '../../src/cli/program.js';
import { FakeRandom } from '../fakes/fake-random.js';

const BCRYPT = '$2b$10$abcdefghijklmnopqrstuuGGgFFcYeueaAql8Z7U7CnCTRw4DR77W';
const DJANGO = 'pbkdf2_sha256$260000$Qw3rTy$/AVRf/HeXLNRVHbBT++/o4HeNoF3UnQadHN9Yn0bbTk=';
let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-people-'));
  state = join(folder, 'state');
});
afterEach(() => {
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Runs one command on the state directory. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const keep = { write: (text: string) => (out += text) };
  const code = await runProgram([...args, '--state', state], { out: keep, err: { write: (text) => (err += text) } }, [
    { name: 'people', description: '', load: async () => peopleCommand(keep) },
    { name: 'admin', description: '', load: async () => adminCommand(keep) },
  ]);
  process.exitCode = undefined;
  return { code, out, err };
}

async function withKiosk<T>(look: (kiosk: LocalKiosk) => T | Promise<T>): Promise<T> {
  const kiosk = await openLocalKiosk(configFor({ state }).config, 'write');
  try {
    return await look(kiosk);
  } finally {
    await kiosk.close();
  }
}

function csv(...lines: string[]): string {
  const file = join(folder, 'people.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Options for a configuration that allows messages to these countries. */
function countries(...codes: string[]): string[] {
  const file = join(folder, 'vestibule.yaml');
  writeFileSync(file, JSON.stringify({ otp: { countries: codes } }));
  return ['--config', file];
}

describe('people import', () => {
  it('adds everybody with the hashes of former systems, which go on working', async () => {
    const file = csv(
      'user_name,name,password_hash,external_id,role,email,phone',
      `ada,Ada Lovelace,${DJANGO},17,,ada@example.org,+49 151 1234-5678`,
      `ratan,ratan tata,${BCRYPT},18,,,0049 (89) 123456`,
      ',"Hopper, Grace",,19,manager,,',
    );
    expect(await run('people', 'import', file, '--contacts-confirmed', ...countries('+49'))).toEqual({
      code: 0,
      out: '✓ 3 people imported\n',
      err: '',
    });
    await withKiosk(async ({ people, credentials }) => {
      expect(people.list().map(({ name, externalId, consent }) => [name, externalId, consent])).toEqual([
        ['Ada Lovelace', '17', undefined],
        ['ratan tata', '18', undefined],
        ['Hopper, Grace', '19', undefined],
      ]);
      const ada = credentials.of(credentials.withUserName('Ada')!)!;
      expect(ada).toMatchObject({
        role: 'person',
        registration: 'open',
        email: { address: 'ada@example.org', confirmedAt: expect.any(String) },
        phone: { number: '+4915112345678', confirmedAt: expect.any(String) },
      });
      const config = { memoryKib: 19456, passes: 2 };
      const hasher = new Argon2PasswordHasher({ random: new FakeRandom(), config });
      expect(await hasher.verify(ada.passwordHash, 'swordfish-and-chips')).toEqual({ matches: true, outdated: true });
      expect(credentials.of(credentials.withUserName('ratan')!)?.phone?.number).toBe('+4989123456');
      expect(credentials.of(people.list()[2]!.id)).toMatchObject({ role: 'manager', registration: 'none' });
    });
  });

  it('names every fault with its line and imports nobody', async () => {
    await withKiosk(async ({ people, credentials }) => {
      const { id } = await people.add({ name: 'Bob', externalId: '1' });
      await credentials.change(id, (own) => ({ ...own, userName: 'bob' }));
    });
    const file = csv(
      'name;user_name;external_id;role;email;phone;password_hash',
      'Ada;ada;2;;;;',
      'Eve;BOB;3;;;;',
      'Sam;ADA;4;;;;',
      ';x y z;5;;;;',
      'Max;m;6;;;;',
      'Kim;kim;1;;;;',
      'Lea;lea;2;;;;',
      'Tom;tom;7;boss;;;',
      'Uta;uta;8;;not an address;;',
      'Ian;ian;9;;;12345;',
      `Jon;;10;;;;${BCRYPT}`,
      'Pat;pat;11;;;;5f4dcc3b5aa765d61d8327deb882cf99',
      `Zoe;zoe;12;;;;${BCRYPT.replace('$10$', '$31$')}`,
      `Una;una;13;operator;;;${BCRYPT}`,
    );
    const { code, out } = await run('people', 'import', file);
    expect(code).toBe(EXIT_CODES.failed);
    const lines = [...out.matchAll(/✗ line (\d+):/g)].map(([, line]) => Number(line));
    expect(lines).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(out).toMatch(/Nobody was imported: 13 faults/);
    await withKiosk(({ people }) => expect(people.list().map(({ name }) => name)).toEqual(['Bob']));
  });

  it('takes telephone numbers of the allowed countries only', async () => {
    const file = csv('name,phone', 'Ada,+4915112345678', 'Eve,+1 202 555 0123', 'Ian,+49123', 'Jon,');
    const { code, out } = await run('people', 'import', file, ...countries('+49', '+33'));
    expect([code, [...out.matchAll(/✗ line (\d+):/g)].map(([, line]) => line)]).toEqual([
      EXIT_CODES.failed,
      ['3', '4'],
    ]);
    expect(out).toMatch(/line 3: Messages go to numbers that begin with \+49, \+33 only \(otp\.countries\)/);
    expect((await run('people', 'import', file, ...countries())).out).toMatch(/line 2: No country is allowed/);
    expect((await run('people', 'import', csv('name,phone', 'Ada,+4915112345678'), ...countries('+49'))).code).toBe(0);
  });

  it('stores nothing in a dry run', async () => {
    const file = csv('name', 'Ada', 'Grace');
    expect(await run('people', 'import', file, '--dry-run', '--json')).toMatchObject({
      code: 0,
      out: expect.stringContaining('"imported": []'),
    });
    expect(() => readdirSync(state)).toThrow();
  });

  it.each([
    ['', /first line must name the columns/],
    ['user_name\nada', /first line must name the columns/],
    ['name,shoe_size\nAda,39', /Not known: shoe_size/],
    ['name,name\nAda,Ada', /each once/],
    ['name,role\nAda', /no CSV table/],
    ['name\n"Ada', /no CSV table/],
  ])('refuses %j with a sentence', async (text, words) => {
    expect(() => parsePeopleCsv(text)).toThrow(words);
    expect((await run('people', 'import', csv(text))).code).toBe(EXIT_CODES.failed);
  });

  it('refuses while a kiosk runs, a file that is not there and one that is not UTF-8', async () => {
    expect((await run('people', 'import', join(folder, 'absent.csv'))).err).toMatch(/cannot be read/);
    writeFileSync(join(folder, 'latin.csv'), Buffer.from('name\nJ\xf6rg\n', 'latin1'));
    expect((await run('people', 'import', join(folder, 'latin.csv'))).err).toMatch(/not UTF-8/);
    await withKiosk(async () => {
      expect((await run('people', 'import', csv('name', 'Ada'))).code).toBe(EXIT_CODES.stateLocked);
    });
  });
});

describe('people list', () => {
  it('says role, user name and what is locked, in the table and as JSON', async () => {
    const ids = await withKiosk(async ({ people, credentials, regulation }) => {
      const ada = await people.add({ name: 'Ada Lovelace', externalId: '17' });
      await credentials.change(ada.id, (own) => ({ ...own, userName: 'ada', role: 'manager' }));
      const eve = await people.add({ name: 'Eve' });
      for (let n = 0; n < 100; n++) await regulation.failed(ada.id, 'password');
      await regulation.failed(eve.id, 'pin');
      return [ada.id, eve.id];
    });
    const { people } = JSON.parse((await run('people', 'list', '--json')).out);
    expect(people).toMatchObject([
      { id: ids[0], userName: 'ada', role: 'manager', locked: ['password'], templates: 0, active: true },
      { id: ids[1], role: 'person', locked: [] },
    ]);
    const lines = (await run('people', 'list')).out.split('\n');
    expect(lines[0]).toMatch(/^id +name +user name +number +role +enrolled +templates +active +locked/);
    expect(lines[1]).toMatch(/Ada Lovelace +ada +17 +manager +\S+ +0 +yes +password/);
    expect(lines[2]).toMatch(/Eve +– +– +person +\S+ +0 +yes +no/);
  });
});

describe('admin create', () => {
  it('adds an administrator and prints a code and how to go on', async () => {
    const { code, out } = await run('admin', 'create', '--name', 'Ada Lovelace', '--user-name', 'ada');
    expect(code).toBe(0);
    const typed = /Code: ([0-9A-Z-]{19})/.exec(out)?.[1];
    expect(out).toMatch(/1\. Start the kiosk/);
    await withKiosk(({ people, credentials, invitations }) => {
      const id = credentials.withUserName('ada');
      expect(people.list()).toMatchObject([{ id, name: 'Ada Lovelace' }]);
      expect(credentials.of(id!)).toMatchObject({ role: 'admin', registration: 'none' });
      expect(invitations.look(typed!)).toMatchObject({ kind: 'register', personId: id, role: 'admin' });
    });
  });

  it('leaves nobody behind when the user name is taken', async () => {
    await run('admin', 'create', '--name', 'Ada', '--user-name', 'ada');
    const { code, err } = await run('admin', 'create', '--name', 'Eve', '--user-name', 'ADA');
    expect([code, err]).toEqual([EXIT_CODES.failed, expect.stringMatching(/taken[\s\S]*Choose another user name/)]);
    await withKiosk(({ people }) => expect(people.list()).toHaveLength(1));
  });
});

describe('people invite, unlock and remove', () => {
  it('makes an invitation for a new person and a reset code for a registered one', async () => {
    const id = await withKiosk(async ({ people }) => (await people.add({ name: 'Ada' })).id);
    expect((await run('people', 'invite', id)).out).toMatch(/^Invitation: [0-9A-Z-]{19}\n/);
    await withKiosk(({ credentials }) => credentials.change(id, (own) => ({ ...own, registration: 'complete' })));
    const { out } = await run('people', 'invite', id, '--json');
    const { kind, code } = JSON.parse(out) as { kind: string; code: string };
    expect(kind).toBe('reset');
    await withKiosk(({ invitations }) => expect(invitations.look(code)).toMatchObject({ kind: 'reset', personId: id }));
    expect((await run('people', 'invite', 'p_ffffffffffff')).err).toMatch(/no person/);
  });

  it('forgets wrong answers', async () => {
    const id = await withKiosk(async ({ people, regulation }) => {
      const person = await people.add({ name: 'Ada' });
      for (let n = 0; n < 6; n++) await regulation.failed(person.id, 'password');
      return person.id;
    });
    await withKiosk(({ regulation }) => expect(regulation.judge(id, 'password').kind).toBe('wait'));
    expect(await run('people', 'unlock', id)).toMatchObject({ code: 0, out: `✓ ${id} can try again\n` });
    await withKiosk(({ regulation }) => expect(regulation.judge(id, 'password')).toEqual({ kind: 'open' }));
    expect((await run('people', 'unlock', 'p_ffffffffffff')).code).toBe(EXIT_CODES.failed);
  });

  it('removes every trace of a person from the state directory', async () => {
    const id = await withKiosk(async ({ people, credentials, invitations, regulation }) => {
      const person = await people.add({ name: 'Zebedee Quux', externalId: 'N-4711' });
      await credentials.change(person.id, (own) => ({ ...own, userName: 'zebedee' }));
      await invitations.issue({ kind: 'register', personId: person.id, role: 'person', hours: 1 });
      await regulation.failed(person.id, 'pin');
      return person.id;
    });
    const clock = new SystemClock();
    const store = new StateStore({ directory: state, clock, random: new CryptoRandom() });
    await store.open();
    const budget = new CodeBudget({ store, clock, config: { dailyMessages: 1 }, onFault: () => {} });
    await budget.start();
    await budget.take(id, true);
    await budget.stop();
    const steps = new TakenSteps({ store });
    await steps.start();
    await steps.take(id, 59_000_000);
    await steps.stop();
    await store.close();
    const needles = ['Zebedee', 'N-4711', 'zebedee', id];
    const traces = (): string[] =>
      readdirSync(state, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .filter((entry) => needles.some((needle) => readFileSync(join(state, entry.name)).includes(needle)))
        .map((entry) => entry.name);
    expect(traces().length).toBeGreaterThan(2);
    expect(traces()).toEqual(expect.arrayContaining(['code-budget.json', 'code-steps.json']));
    await withKiosk((kiosk) => import('../../src/people/erasure.js').then((room) => room.removePerson(id, kiosk)));
    expect(traces()).toEqual([]);
  });
});
