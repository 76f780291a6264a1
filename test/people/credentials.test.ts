import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeDocument } from '../../src/adapters/document-envelope.js';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { Credentials, type PersonCredentials } from '../../src/people/credentials.js';
import { removePerson } from '../../src/people/erasure.js';
import { Invitations } from '../../src/people/invitations.js';
import { People } from '../../src/people/people.js';
import { Templates } from '../../src/people/templates.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';

const ADA = 'p_00000000ada0';
const BOB = 'p_00000000b0b0';
let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let credentials: Credentials;
let seed = 10;

beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  credentials = await started();
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

async function started(keyFile = 'template.key'): Promise<Credentials> {
  const keySource = new FileKeySource(join(state.directory, keyFile));
  const made = new Credentials({ store, random: new FakeRandom(seed++), keySource, clock: state.clock });
  await made.start();
  return made;
}

async function restarted(keyFile?: string): Promise<Credentials> {
  await store.close();
  store = state.store();
  await store.open();
  return started(keyFile);
}

function full(own: PersonCredentials): PersonCredentials {
  return {
    ...own,
    userName: 'Ada.L',
    role: 'manager',
    registration: 'complete',
    passwordHash: '$argon2id$canary-hash',
    passwordHistory: ['$argon2id$canary-former'],
    pinHash: '$argon2id$canary-pin',
    totp: { secret: 'CANARYTOTPSECRET', confirmedAt: '2026-11-21T08:00:00.000Z' },
    phone: { number: '+4915112345678', confirmedAt: '2026-11-21T08:00:00.000Z' },
    email: { address: 'canary@example.org' },
    recovery: [{ hash: 'canary-recovery' }, { hash: 'canary-used', usedAt: '2026-11-21T08:00:00.000Z' }],
  };
}

async function filesHolding(needles: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(state.directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const needle of needles) {
      const forms = [
        Buffer.from(needle),
        Buffer.from(needle).toString('base64').replace(/=+$/, ''),
        Buffer.from(needle).toString('hex'),
      ];
      if (forms.some((form) => bytes.includes(form))) found.push(`${entry.name}: ${needle}`);
    }
  }
  return found;
}

/** Changes credentials.json as somebody with the disk in his hands would, checksum included. */
async function edit(change: (records: Record<string, unknown>[]) => void): Promise<void> {
  const file = join(state.directory, 'credentials.json');
  await store.close();
  const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: { records: Record<string, unknown>[] } };
  change(data.records);
  await writeFile(file, encodeDocument(1, data));
  store = state.store();
  await store.open();
}

describe('Credentials', () => {
  it('keeps everything over a restart', async () => {
    expect(credentials.of(ADA)).toBeUndefined();
    const changed = await credentials.change(ADA, full);
    const badge = await credentials.addBadge(ADA, '04a1b2c3', 'blue card');
    const again = await restarted();
    expect(again.of(ADA)).toEqual({ ...changed, badges: [badge] });
    expect(again.all()).toHaveLength(1);
    expect(again.withUserName('ADA.l')).toBe(ADA);
    expect(again.withUserName('nobody')).toBeUndefined();
    expect(again.withBadge(' 04A1B2C3 ')).toBe(ADA);
    expect(again.withBadge('04a1b2c4')).toBeUndefined();
    expect(again.faults()).toEqual([]);
  });

  it('shows no hash, number, address, secret or badge number on the disk', async () => {
    await credentials.change(ADA, full);
    await credentials.addBadge(ADA, 'CANARYBADGE', 'blue card');
    const needles = ['canary', 'CANARYTOTP', 'CANARYBADGE', '4915112345678', 'example.org', 'argon2id'];
    expect(await filesHolding(needles)).toEqual([]);
    expect(await filesHolding(['Ada.L', 'blue card'])).not.toEqual([]);
  });

  it('gives a user name to one of two who ask at once, in any spelling', async () => {
    const both = await Promise.allSettled([
      credentials.change(ADA, (own) => ({ ...own, userName: 'Straße' })),
      credentials.change(BOB, (own) => ({ ...own, userName: 'STRASSE' })),
    ]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'user_name_taken' } }]);
    expect(credentials.withUserName('strasse')).toBe(ADA);
    expect(credentials.of(BOB)).toBeUndefined();
    await credentials.change(ADA, (own) => ({ ...own, userName: 'ada' }));
    await credentials.change(BOB, (own) => ({ ...own, userName: 'strasse' }));
    expect([credentials.withUserName('straße'), credentials.withUserName('ADA')]).toEqual([BOB, ADA]);
  });

  it('refuses a user name that cannot be used, and changes nothing', async () => {
    await credentials.change(ADA, full);
    await expect(credentials.change(ADA, (own) => ({ ...own, userName: 'a\u202eb' }))).rejects.toMatchObject({
      code: 'input_invalid',
    });
    expect(credentials.of(ADA)?.userName).toBe('Ada.L');
  });

  it('gives a badge to one person only, and lets it go again', async () => {
    const { id } = await credentials.addBadge(ADA, '12345', 'one');
    await expect(credentials.addBadge(BOB, '12345', 'mine')).rejects.toMatchObject({ code: 'input_invalid' });
    await expect(credentials.addBadge(ADA, '12345', 'twice')).rejects.toMatchObject({ code: 'input_invalid' });
    expect(await credentials.removeBadge(ADA, 'b_000000000000')).toBe(false);
    expect(await credentials.removeBadge(ADA, id)).toBe(true);
    await credentials.addBadge(BOB, '12345', 'mine');
    expect(credentials.withBadge('12345')).toBe(BOB);
  });

  it('carries out changes one after the other on the newest state', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        credentials.change(ADA, (own) => ({ ...own, totp: { secret: `${own.totp?.secret ?? ''}S` } })),
      ),
    );
    expect(credentials.of(ADA)?.totp?.secret).toBe('S'.repeat(20));
  });

  it('changes many at once, or none', async () => {
    const name = (userName: string) => (own: PersonCredentials) => ({ ...own, userName });
    await expect(
      credentials.changeAll(
        new Map([
          [ADA, name('same')],
          [BOB, name('SAME')],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'user_name_taken' });
    expect(credentials.all()).toEqual([]);
    await credentials.changeAll(
      new Map([
        [ADA, name('ada')],
        [BOB, name('bob')],
      ]),
    );
    expect((await restarted()).all().map((one) => one.userName)).toEqual(['ada', 'bob']);
  });

  it('tells listeners whose credentials changed, and nothing when nothing did', async () => {
    const told: string[] = [];
    const end = credentials.onChanged((personId) => told.push(personId));
    await credentials.change(ADA, full);
    await credentials.change(ADA, (own) => own);
    await credentials.remove(ADA);
    end();
    await credentials.change(BOB, full);
    expect(told).toEqual([ADA, ADA]);
  });
});

describe('credentials that cannot be opened', () => {
  it('are reported with both keys, stay on the disk, and open again when the key is back', async () => {
    await credentials.change(ADA, full);
    const lost = await restarted('other.key');
    expect(lost.of(ADA)).toBeUndefined();
    expect(lost.faults()).toEqual([
      { personId: ADA, detail: expect.stringMatching(/sealed with the key [0-9a-f]{16}/) },
    ]);
    await expect(lost.change(ADA, (own) => ({ ...own, role: 'admin' }))).rejects.toMatchObject({
      code: 'secret_unreadable',
    });
    await expect(lost.change(BOB, (own) => ({ ...own, userName: 'ada.l' }))).rejects.toMatchObject({
      code: 'user_name_taken',
    });
    await lost.change(BOB, (own) => ({ ...own, userName: 'bob' }));
    const back = await restarted();
    expect(back.of(ADA)).toMatchObject({ userName: 'Ada.L', phone: { number: '+4915112345678' } });
    expect(back.faults()).toMatchObject([{ personId: BOB }]);
  });

  it.each([
    ['role', (record: Record<string, unknown>) => Object.assign(record, { role: 'admin' })],
    ['person', (record: Record<string, unknown>) => Object.assign(record, { personId: BOB })],
    ['user name', (record: Record<string, unknown>) => Object.assign(record, { userName: 'root' })],
    ['state', (record: Record<string, unknown>) => Object.assign(record, { registration: 'open' })],
    ['sealed part', (record: Record<string, unknown>) => Object.assign(record, { sealed: `AAAA${record.sealed}` })],
  ])('an edited %s gives nobody anything', async (_name, change) => {
    await credentials.change(ADA, full);
    await edit((records) => records.forEach(change));
    const edited = await started();
    expect(edited.all()).toEqual([]);
    expect(edited.faults()).toEqual([expect.objectContaining({ detail: expect.stringMatching(/reset code/) })]);
  });

  it('give way to new ones after a reset code, under the same user name and without the role of the file', async () => {
    await credentials.change(ADA, (own) => ({ ...full(own), role: 'admin' }));
    const lost = await restarted('other.key');
    await lost.renewUnreadable(ADA);
    expect(lost.of(ADA)).toEqual({
      personId: ADA,
      userName: 'Ada.L',
      role: 'person',
      registration: 'none',
      passwordHistory: [],
      badges: [],
      recovery: [],
    });
    expect(lost.faults()).toEqual([]);
    await lost.change(ADA, full);
    await lost.renewUnreadable(ADA);
    expect(lost.of(ADA)?.passwordHash).toBeDefined();
  });
});

describe('E3 erasure', () => {
  it('leaves no trace of name, number, address, user name or badge in any file of the state directory', async () => {
    const people = new People({ store, clock: state.clock, random: new FakeRandom(1) });
    const templates = new Templates({
      store,
      random: new FakeRandom(2),
      keySource: new FileKeySource(join(state.directory, 'template.key')),
    });
    const invitations = new Invitations({ store, clock: state.clock, random: new FakeRandom(3) });
    for (const room of [people, templates, invitations]) await room.start();
    const { id } = await people.add({ name: 'Zebedee Quux', externalId: 'N-4711' });
    const { id: other } = await people.add({ name: 'Grace Hopper' });
    await credentials.change(id, (own) => ({ ...full(own), userName: 'zebedee' }));
    await credentials.change(other, (own) => ({ ...own, userName: 'grace' }));
    const { mac } = await credentials.addBadge(id, 'B4711', 'red card');
    const { code } = await invitations.issue({ kind: 'reset', personId: id, role: 'person', hours: 1 });
    await invitations.use(code, id);
    const needles = ['Zebedee Quux', 'N-4711', 'zebedee', 'red card', mac, id, '4915112345678', 'canary@'];
    expect(await filesHolding(needles)).not.toEqual([]);
    await removePerson(id, { people, templates, credentials, invitations });
    expect(await filesHolding(needles)).toEqual([]);
    expect(credentials.withUserName('grace')).toBe(other);
  });
});
