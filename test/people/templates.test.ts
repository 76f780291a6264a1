import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import type { Template } from '../../src/domain/template.js';
import { Credentials } from '../../src/people/credentials.js';
import { removePerson } from '../../src/people/erasure.js';
import { Invitations } from '../../src/people/invitations.js';
import { People } from '../../src/people/people.js';
import { seal, unseal } from '../../src/people/sealing.js';
import { Templates } from '../../src/people/templates.js';
import { aVector } from '../fakes/faces.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { FAKE_PACK } from '../fakes/fake-vision.js';
import { tempState } from '../fakes/temp-state.js';

let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;

beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

async function started(keyFile = 'template.key'): Promise<Templates> {
  const keySource = new FileKeySource(join(state.directory, keyFile));
  const templates = new Templates({ store, random: new FakeRandom(5), keySource });
  await templates.start();
  return templates;
}

async function reopenStore(): Promise<void> {
  await store.close();
  store = state.store();
  await store.open();
}

function aTemplate(who: number, change: Partial<Template> = {}): Template {
  return {
    id: `01a00000-0000-7000-8000-00000000000${who}`,
    personId: `p_00000000000${who}`,
    kind: 'face',
    pack: FAKE_PACK.id,
    modelHash: FAKE_PACK.hash,
    vector: aVector(who),
    samples: [aVector(who, 1), aVector(who, 2)],
    createdAt: '2026-11-21T08:00:00.000Z',
    ...change,
  };
}

interface Sealed {
  keys: Record<string, { kid: string; wrapped: string }>;
  records: { id: string; personId: string; sealed: string }[];
}

/** Changes the sealed document as somebody with access to the disk could. */
async function tamper(change: (data: Sealed) => void): Promise<void> {
  await reopenStore();
  const schema = z.any() as z.ZodType<Sealed>;
  const file = { file: 'templates.json', version: 1, schema, initial: () => ({ keys: {}, records: [] }) };
  const collection = await store.collection<Sealed>(file);
  await collection.update((data) => {
    const copy = structuredClone(data);
    change(copy);
    return copy;
  });
  await reopenStore();
}

function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
  return bytes.toString('base64');
}

describe('Templates', () => {
  it('gives back exactly what was stored, after a restart too', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await templates.put(aTemplate(2));
    expect(templates.all()).toEqual([aTemplate(1), aTemplate(2)]);
    await reopenStore();
    const again = await started();
    expect(again.all()).toEqual([aTemplate(1), aTemplate(2)]);
    expect(again.of('p_000000000002')).toEqual([aTemplate(2)]);
    expect(again.faults()).toEqual([]);
  });

  it('leaves no vector readable on the disk', async () => {
    await (await started()).put(aTemplate(1));
    const text = await readFile(join(state.directory, 'templates.json'), 'utf8');
    const plain = Buffer.from(aVector(1).buffer).toString('base64');
    expect(text).not.toContain(plain.slice(0, 12));
    expect(text).not.toContain('"vector"');
  });

  it('replaces a template of the same kind and keeps one of another kind', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await templates.put(aTemplate(1, { id: 'signature', kind: 'signature', modelHash: 'sha256:s' }));
    await templates.put(aTemplate(1, { id: 'newer' }));
    expect(templates.all().map((template) => template.id)).toEqual(['signature', 'newer']);
  });

  it('pins the pack at the first enrolment and refuses another one, until no face is left', async () => {
    const templates = await started();
    expect(templates.pinnedPack()).toBeUndefined();
    await templates.put(aTemplate(1));
    expect(templates.pinnedPack()).toEqual(FAKE_PACK);
    const other = { id: 'core', hash: `sha256:${'cd'.repeat(32)}`, dim: 128 };
    const ofOther = aTemplate(2, { pack: 'core', modelHash: other.hash });
    await expect(templates.put(ofOther)).rejects.toMatchObject({
      code: 'pack_mismatch',
      message: expect.stringMatching(/"open".*"core"/),
    });
    expect(templates.all()).toHaveLength(1);
    await templates.remove('p_000000000001');
    await templates.put(ofOther);
    expect(templates.pinnedPack()).toEqual({ ...other, dim: ofOther.vector.length });
  });

  it('shreds: after a removal neither the file nor its previous copy holds the key or the record', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await templates.put(aTemplate(2));
    const before = JSON.parse(await readFile(join(state.directory, 'templates.json'), 'utf8'));
    const wrapped: string = JSON.stringify(before).match(/"p_000000000001":\{[^}]*"wrapped":"([^"]+)"/)![1]!;
    await templates.remove('p_000000000001');
    const files = (await store.list('.')).filter((name) => name.startsWith('templates'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) expect(await readFile(join(state.directory, name), 'utf8'), name).not.toContain(wrapped);
    expect(templates.all()).toEqual([aTemplate(2)]);
  });

  it('forgets one kind and keeps the others under a new key: the former key is in no copy of the file', async () => {
    const templates = await started();
    const pose = aTemplate(1, { id: 'pose', kind: 'pose', pack: 'motion', modelHash: 'sha256:b' });
    await templates.put(aTemplate(1));
    await templates.put(pose);
    await templates.put(aTemplate(2));
    const before: Sealed = JSON.parse(await readFile(join(state.directory, 'templates.json'), 'utf8')).data;
    const wrapped = before.keys.p_000000000001!.wrapped;
    const sealed = before.records.map((record) => record.sealed);
    await templates.removeKind('p_000000000001', 'pose');
    expect(templates.of('p_000000000001')).toEqual([aTemplate(1)]);
    const files = (await store.list('.')).filter((name) => name.startsWith('templates'));
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) {
      const text = await readFile(join(state.directory, name), 'utf8');
      for (const gone of [wrapped, sealed[0]!, sealed[1]!]) expect(text, name).not.toContain(gone);
      expect(text, name).toContain(sealed[2]!);
    }
    await reopenStore();
    const again = await started();
    expect([again.all(), again.faults()]).toEqual([[aTemplate(1), aTemplate(2)], []]);
    // Nothing left of the kind changes nothing; the last kind takes the key with it.
    await again.removeKind('p_000000000001', 'pose');
    await again.removeKind('p_000000000001', 'face');
    expect(again.all()).toEqual([aTemplate(2)]);
    expect(await readFile(join(state.directory, 'templates.json'), 'utf8')).not.toContain('p_000000000001');
  });

  it('forgets one kind without its key: the others open when the key is back', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await templates.put(aTemplate(1, { id: 'pose', kind: 'pose', pack: 'motion', modelHash: 'sha256:b' }));
    await reopenStore();
    await (await started('other.key')).removeKind('p_000000000001', 'pose');
    await reopenStore();
    expect((await started()).all()).toEqual([aTemplate(1)]);
  });

  it('a pose signature pins no pack and is bound to none', async () => {
    const templates = await started();
    const pose = aTemplate(1, { id: 'pose', kind: 'pose', pack: 'motion', modelHash: 'sha256:b' });
    await templates.put(pose);
    expect([templates.pinnedPack(), templates.hasFaces()]).toEqual([undefined, false]);
    await templates.put(aTemplate(2));
    expect([templates.pinnedPack(), templates.hasFaces()]).toEqual([FAKE_PACK, true]);
    await reopenStore();
    const again = await started();
    expect([again.all(), again.faults()]).toEqual([[pose, aTemplate(2)], []]);
  });

  it('cannot open a record whose key was shredded, and says nothing about it', async () => {
    await (await started()).put(aTemplate(1));
    await tamper((data) => {
      data.keys = {};
    });
    const templates = await started();
    expect([templates.all(), templates.faults()]).toEqual([[], []]);
  });

  it('refuses and reports a record put under another person, and loads the rest', async () => {
    const templates = await started();
    for (const who of [1, 2, 3]) await templates.put(aTemplate(who));
    await tamper((data) => {
      const [a, b] = data.records;
      [a!.sealed, b!.sealed] = [b!.sealed, a!.sealed];
    });
    const again = await started();
    expect(again.all()).toEqual([aTemplate(3)]);
    expect(again.faults().map((fault) => fault.personId)).toEqual(['p_000000000001', 'p_000000000002']);
  });

  it('refuses the keys and records of one person moved to another together', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await tamper((data) => {
      data.keys.p_000000000009 = data.keys.p_000000000001!;
      data.records[0]!.personId = 'p_000000000009';
    });
    const again = await started();
    expect(again.all()).toEqual([]);
    expect(again.faults()).toHaveLength(1);
  });

  it('refuses and reports a changed bit in a record or a key', async () => {
    const templates = await started();
    await templates.put(aTemplate(1));
    await templates.put(aTemplate(2));
    await tamper((data) => {
      data.records[0]!.sealed = flipBit(data.records[0]!.sealed, 777);
      data.keys.p_000000000002!.wrapped = flipBit(data.keys.p_000000000002!.wrapped, 200);
    });
    const again = await started();
    expect(again.all()).toEqual([]);
    expect(again.faults().map((fault) => fault.detail)).toEqual([
      expect.stringContaining('Enrol the person again'),
      expect.stringContaining('Enrol the person again'),
    ]);
  });

  it('says which key is missing, keeps the records, and opens them when the key is back', async () => {
    await (await started()).put(aTemplate(1));
    await reopenStore();
    const withOther = await started('other.key');
    expect(withOther.all()).toEqual([]);
    expect(withOther.faults()[0]!.detail).toMatch(/sealed with the key [0-9a-f]{16}.*Restore the former key/);
    await withOther.put(aTemplate(2));
    await reopenStore();
    expect((await started()).all()).toEqual([aTemplate(1)]);
  });
});

describe('seal', () => {
  it('refuses every one of 500 flipped bits, another context and another key', () => {
    const random = new FakeRandom(11);
    const key = random.bytes(32);
    const sealed = seal(key, Buffer.from('a template of some length, longer than a block'), 'p|face|1|k', random);
    expect(unseal(key, sealed, 'p|face|1|k')?.toString()).toMatch(/^a template/);
    const bits = Buffer.from(sealed, 'base64').length * 8;
    for (let i = 0; i < 500; i++) expect(unseal(key, flipBit(sealed, (i * 7919) % bits), 'p|face|1|k')).toBeUndefined();
    expect(unseal(key, sealed, 'q|face|1|k')).toBeUndefined();
    expect(unseal(random.bytes(32), sealed, 'p|face|1|k')).toBeUndefined();
    expect(unseal(key, 'AAAA', 'p|face|1|k')).toBeUndefined();
  });
});

describe('removePerson', () => {
  it('removes templates and entry; an unknown id changes nothing', async () => {
    const templates = await started();
    const people = new People({ store, clock: state.clock, random: new FakeRandom() });
    await people.start();
    const consent = { textVersion: '1', language: 'en', recordedBy: 'person' } as const;
    const { id } = await people.add({ name: 'Ada', consent });
    await templates.put(aTemplate(1, { personId: id }));
    const credentials = new Credentials({
      store,
      clock: state.clock,
      random: new FakeRandom(4),
      keySource: new FileKeySource(join(state.directory, 'template.key')),
    });
    await credentials.start();
    const invitations = new Invitations({ store, clock: state.clock, random: new FakeRandom(5) });
    await invitations.start();
    const rooms = { people, templates, credentials, invitations };
    await expect(removePerson('p_ffffffffffff', rooms)).rejects.toMatchObject({
      code: 'person_unknown',
    });
    expect(templates.of(id)).toHaveLength(1);
    await removePerson(id, rooms);
    expect([people.list(), templates.all()]).toEqual([[], []]);
  });
});
