import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CollectionSpec, Store } from '../../src/ports/collection.js';

interface Notes {
  readonly notes: readonly { readonly n: number; readonly text: string }[];
}

const NOTES: CollectionSpec<Notes> = {
  file: 'notes/today.json',
  version: 3,
  schema: z.object({ notes: z.array(z.object({ n: z.int(), text: z.string() })) }),
  initial: () => ({ notes: [] }),
};

/** One state directory of the store under test that outlives a store object. */
export interface StoreUnderTest {
  /** A new store over the same state, as after a restart. */
  make(): Store;
  dispose(): Promise<void>;
}

/** What every `Store` and `Collection` must do. */
export function storeContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    const opened: Store[] = [];
    let state: StoreUnderTest | undefined;

    async function openStore(): Promise<Store> {
      state ??= await prepare();
      const store = state.make();
      await store.open();
      opened.push(store);
      return store;
    }

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await state?.dispose();
      state = undefined;
    });

    it('gives the initial data of a document that does not exist, without an alarm', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      expect(notes.read()).toEqual({ notes: [] });
      expect(store.alarms()).toEqual([]);
    });

    it('keeps what was committed over a restart', async () => {
      const first = await openStore();
      const notes = await first.collection(NOTES);
      const answered = await notes.update(() => ({ notes: [{ n: 1, text: 'Grüße, 世界 \u2028 "quoted"' }] }));
      expect(answered).toEqual(notes.read());
      await first.close();
      const second = await openStore();
      expect((await second.collection(NOTES)).read()).toEqual(answered);
      expect(second.alarms()).toEqual([]);
    });

    it('carries out updates one after the other, none lost', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          notes.update((current) => ({ notes: [...current.notes, { n, text: String(current.notes.length) }] })),
        ),
      );
      expect(notes.read().notes.map((note) => note.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
      expect(notes.read().notes.map((note) => note.text)).toEqual(Array.from({ length: 40 }, (_, n) => String(n)));
    });

    it('shows nothing of an update before it is stored', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      const before = notes.read();
      const running = notes.update(() => ({ notes: [{ n: 1, text: 'later' }] }));
      await Promise.resolve();
      expect(notes.read()).toBe(before);
      await running;
      expect(notes.read().notes).toHaveLength(1);
    });

    it('a change that throws leaves everything as it was and later updates go on', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      await notes.update(() => ({ notes: [{ n: 1, text: 'kept' }] }));
      await expect(
        notes.update(() => {
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(notes.read().notes).toEqual([{ n: 1, text: 'kept' }]);
      await notes.update((current) => ({ notes: [...current.notes, { n: 2, text: 'more' }] }));
      expect(notes.read().notes).toHaveLength(2);
    });

    it('gives out frozen data', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      const data = await notes.update(() => ({ notes: [{ n: 1, text: 'a' }] }));
      expect(() => (data.notes as unknown as unknown[]).splice(0)).toThrow(TypeError);
      expect(() => {
        (data.notes[0] as { n: number }).n = 5;
      }).toThrow(TypeError);
    });

    it('has one collection for one file', async () => {
      const store = await openStore();
      const [one, two] = await Promise.all([store.collection(NOTES), store.collection(NOTES)]);
      await one.update(() => ({ notes: [{ n: 1, text: 'a' }] }));
      expect(two.read().notes).toHaveLength(1);
    });

    it('opens a closed collection again with its data', async () => {
      const store = await openStore();
      const one = await store.collection(NOTES);
      await one.update(() => ({ notes: [{ n: 1, text: 'a' }] }));
      await one.close();
      expect((await store.collection(NOTES)).read().notes).toHaveLength(1);
    });

    it('refuses a document of a newer version and leaves it alone', async () => {
      const first = await openStore();
      const newer = await first.collection({ ...NOTES, version: 4 });
      await newer.update(() => ({ notes: [{ n: 1, text: 'from the future' }] }));
      await first.close();
      const second = await openStore();
      await expect(second.collection(NOTES)).rejects.toMatchObject({ code: 'state_version' });
      await second.close();
      const third = await openStore();
      expect((await third.collection({ ...NOTES, version: 4 })).read().notes).toHaveLength(1);
    });

    it('reports a document that its schema refuses, and keeps it', async () => {
      const first = await openStore();
      const other = await first.collection<unknown>({
        ...NOTES,
        schema: z.unknown(),
        initial: () => ({}),
      });
      await other.update(() => ({ notes: 'not a list' }));
      await first.close();
      const second = await openStore();
      const heard: string[] = [];
      second.onAlarm((alarm) => heard.push(alarm.kind));
      expect((await second.collection(NOTES)).read()).toEqual({ notes: [] });
      expect(second.alarms()).toMatchObject([{ file: NOTES.file, kind: 'started_empty' }]);
      expect(second.alarms()[0]?.movedTo).toBeTruthy();
      expect(heard).toEqual(['started_empty']);
    });

    it('lists, appends, replaces, reads and removes text files', async () => {
      const store = await openStore();
      expect(await store.list('texts')).toEqual([]);
      expect(await store.readText('texts/b.csv')).toBeUndefined();
      await Promise.all([store.append('texts/b.csv', 'one\n'), store.append('texts/b.csv', 'two\n')]);
      await store.writeText('texts/a.csv', 'ä\n');
      expect(await store.list('texts')).toEqual(['a.csv', 'b.csv']);
      expect(await store.readText('texts/b.csv')).toBe('one\ntwo\n');
      await store.writeText('texts/b.csv', 'three\n');
      expect(await store.readText('texts/b.csv')).toBe('three\n');
      await store.remove('texts/b.csv');
      await store.remove('texts/never.csv');
      expect(await store.list('texts')).toEqual(['a.csv']);
    });

    it('removes a document for good', async () => {
      const store = await openStore();
      const notes = await store.collection(NOTES);
      await notes.update(() => ({ notes: [{ n: 1, text: 'a' }] }));
      await notes.update(() => ({ notes: [{ n: 2, text: 'b' }] }));
      await store.remove(NOTES.file);
      expect((await store.collection(NOTES)).read()).toEqual({ notes: [] });
      expect(store.alarms()).toEqual([]);
    });

    it('refuses names outside the state directory', async () => {
      const store = await openStore();
      await expect(store.readText('../outside')).rejects.toMatchObject({ code: 'input_invalid' });
      await expect(store.collection({ ...NOTES, file: '/etc/passwd' })).rejects.toMatchObject({
        code: 'input_invalid',
      });
    });

    it('writes nothing after it was closed', async () => {
      const store = await openStore();
      await store.close();
      await expect(store.collection(NOTES)).rejects.toMatchObject({ code: 'storage_failed' });
      await expect((async () => store.append('a.csv', 'x'))()).rejects.toMatchObject({ code: 'storage_failed' });
    });
  });
}
