import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import type { Template } from '../domain/template.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';
import type { KeySource } from '../ports/key-source.js';
import type { Random } from '../ports/random.js';
import type { PackIdentity } from '../ports/vision.js';
import { wrappingKey } from './sealing.js';
import {
  openTemplate,
  type SealedRecord,
  sealedRecordSchema,
  sealTemplate,
  unwrapPersonKey,
  type WrappedKey,
  wrapPersonKey,
  wrappedKeySchema,
} from './template-record.js';

interface TemplatesData {
  /** Pack of all face templates, pinned at the first enrolment. */
  readonly pack?: PackIdentity | undefined;
  /** Wrapped key of each person. Removing it makes every copy of his records unreadable. */
  readonly keys: Readonly<Record<string, WrappedKey>>;
  readonly records: readonly SealedRecord[];
  /** Persons whose template was stored before their entry, and whose entry is not known to be stored. */
  readonly unconfirmed?: readonly string[] | undefined;
}

const SPEC: CollectionSpec<TemplatesData> = {
  file: 'templates.json',
  version: 1,
  schema: z.strictObject({
    pack: z.strictObject({ id: z.string(), hash: z.string(), dim: z.int().positive() }).optional(),
    keys: z.record(z.string(), wrappedKeySchema),
    records: z.array(sealedRecordSchema),
    unconfirmed: z.array(z.string()).optional(),
  }),
  initial: () => ({ keys: {}, records: [] }),
};

/** A record that could not be opened; it stays on the disk. */
export interface TemplateFault {
  readonly templateId: string;
  readonly personId: string;
  readonly kind: Template['kind'];
  /** What is wrong and what to do. */
  readonly detail: string;
}

/**
 * What is stored to recognise people, sealed in `templates.json` (docs/adr/0040). Open templates exist in memory
 * only and never leave the daemon.
 */
export class Templates {
  readonly #store: Store;
  readonly #random: Random;
  readonly #keySource: KeySource;
  readonly #listeners = new Set<() => void>();
  #collection: Collection<TemplatesData> | undefined;
  #kek: { readonly kid: string; readonly key: Uint8Array } | undefined;
  #open: readonly Template[] = [];
  #faults: readonly TemplateFault[] = [];

  constructor(ports: { store: Store; random: Random; keySource: KeySource }) {
    this.#store = ports.store;
    this.#random = ports.random;
    this.#keySource = ports.keySource;
  }

  /** Opens every record it can; the others are in `faults`. Throws `secret_unreadable` without a key. */
  async start(): Promise<void> {
    const { kid, key } = await this.#keySource.key();
    this.#kek = { kid, key: wrappingKey(key) };
    this.#collection = await this.#store.collection(SPEC);
    this.#load(this.#kek);
  }

  all(): readonly Template[] {
    return this.#open;
  }

  /** Whether anybody's face is stored: only faces bind the kiosk to their pack. */
  hasFaces(): boolean {
    return this.#open.some(({ kind }) => kind === 'face');
  }

  of(personId: string): readonly Template[] {
    return this.#open.filter((template) => template.personId === personId);
  }

  /** Records that could not be opened. */
  faults(): readonly TemplateFault[] {
    return this.#faults;
  }

  /** Pack that all face templates were made with; undefined before the first enrolment. */
  pinnedPack(): PackIdentity | undefined {
    return this.#data().pack;
  }

  /**
   * Stores a template in place of the person's former one of the same kind; durable when it resolves. The first
   * face template pins its pack.
   * @param options unconfirmed: the person's entry is not stored yet; `confirm` follows once it is
   * @throws VestibuleError `pack_mismatch` for a face template of another pack, `storage_*`
   */
  async put(template: Template, options: { readonly unconfirmed?: boolean } = {}): Promise<void> {
    const kek = this.#requireKek();
    await this.#change((data) => {
      const pack =
        template.kind === 'face'
          ? pinned(data, { id: template.pack, hash: template.modelHash, dim: template.vector.length })
          : data.pack;
      const former = data.keys[template.personId];
      const known = former && unwrapPersonKey(former, template.personId, kek);
      const personKey = known ?? this.#random.bytes(32);
      const wrapped = known && former ? former : wrapPersonKey(personKey, template.personId, kek, this.#random);
      const record = sealTemplate(template, personKey, kek.kid, this.#random);
      // Records under a key that cannot be unwrapped are lost already; a new key replaces it.
      const kept = data.records.filter(
        (other) => other.personId !== template.personId || (known !== undefined && other.kind !== template.kind),
      );
      const unconfirmed = [...(data.unconfirmed ?? []), ...(options.unconfirmed ? [template.personId] : [])];
      return {
        ...(pack && { pack }),
        ...(unconfirmed.length > 0 && { unconfirmed }),
        keys: { ...data.keys, [template.personId]: wrapped },
        records: [...kept, record],
      };
    });
  }

  /**
   * Forgets a person by crypto-shredding: first the wrapped key, durably, then the records. Two writes, so that
   * the store's previous good copy holds no key either.
   */
  async remove(personId: string): Promise<void> {
    await this.#change((data) => {
      const { [personId]: _shredded, ...keys } = data.keys;
      return { ...data, keys };
    });
    await this.#change((data) => ({
      ...confirmed(data, personId),
      records: data.records.filter((record) => record.personId !== personId),
    }));
  }

  /**
   * Forgets one kind of template and keeps the others: these are sealed anew with a new key of the person, and the former
   * key is gone from the file. Two writes, as in `remove`.
   */
  async removeKind(personId: string, kind: Template['kind']): Promise<void> {
    const own = this.#data().records.filter((record) => record.personId === personId);
    if (own.length > 0 && own.every((record) => record.kind === kind)) return this.remove(personId);
    const kek = this.#requireKek();
    if (own.some((record) => record.kind === kind))
      await this.#change((data) => withoutKind(data, personId, kind, kek, this.#random));
    // Alone, this finishes a removal that was interrupted between its two writes.
    await this.#change((data) => ({ ...data }));
  }

  /** Persons whose template was stored and whose entry is not known to be stored: see half-enrolled.ts. */
  unconfirmed(): readonly string[] {
    return this.#data().unconfirmed ?? [];
  }

  /** Notes that the person's entry is stored too; durable when it resolves. */
  async confirm(personId: string): Promise<void> {
    await this.#change((data) => confirmed(data, personId));
  }

  /** Calls back after every durable change; the returned function ends it. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #change(change: (data: TemplatesData) => TemplatesData): Promise<void> {
    if (this.#collection === undefined) throw new Error('Templates.start() was not called');
    await this.#collection.update(change);
    this.#load(this.#requireKek());
    for (const listener of this.#listeners) listener();
  }

  #load(kek: { readonly kid: string; readonly key: Uint8Array }): void {
    const { keys, records, pack } = this.#data();
    const former = new Map(this.#open.map((template) => [template.id, template]));
    const faults: TemplateFault[] = [];
    const open: Template[] = [];
    for (const record of records) {
      const fault = (detail: string): void => {
        faults.push({ templateId: record.id, personId: record.personId, kind: record.kind, detail });
      };
      const wrapped = keys[record.personId];
      if (wrapped === undefined) {
        // A removal that was interrupted between its two writes: nobody can open this any more.
        continue;
      }
      const template = former.get(record.id) ?? openRecord(record, wrapped, kek);
      if (typeof template === 'string') fault(template);
      else if (template.kind === 'face' && template.modelHash !== pack?.hash)
        fault('The template was made with another model pack. Enrol the person again.');
      else open.push(template);
    }
    this.#open = open;
    this.#faults = faults;
  }

  #data(): TemplatesData {
    return this.#collection?.read() ?? SPEC.initial();
  }

  #requireKek(): { readonly kid: string; readonly key: Uint8Array } {
    if (this.#kek === undefined) throw new Error('Templates.start() was not called');
    return this.#kek;
  }
}

function confirmed({ unconfirmed, ...data }: TemplatesData, personId: string): TemplatesData {
  const left = unconfirmed?.filter((id) => id !== personId) ?? [];
  return { ...data, ...(left.length > 0 && { unconfirmed: left }) };
}

/** Without the person's records of this kind; his others under a new key. */
function withoutKind(
  data: TemplatesData,
  personId: string,
  kind: Template['kind'],
  kek: { readonly kid: string; readonly key: Uint8Array },
  random: Random,
): TemplatesData {
  const records = data.records.filter((record) => record.personId !== personId || record.kind !== kind);
  const former = data.keys[personId];
  const formerKey = former && unwrapPersonKey(former, personId, kek);
  // Sealed with a key that is not here: nothing of it can be sealed anew, and the others must open when the key is back.
  if (formerKey === undefined) return { ...data, records };
  const personKey = random.bytes(32);
  const resealed = (record: SealedRecord): SealedRecord => {
    const template = record.personId === personId ? openTemplate(record, formerKey) : undefined;
    return template === undefined ? record : sealTemplate(template, personKey, kek.kid, random);
  };
  return {
    ...data,
    keys: { ...data.keys, [personId]: wrapPersonKey(personKey, personId, kek, random) },
    records: records.map(resealed),
  };
}

/** The pack to pin; another one is refused while face templates exist. */
function pinned(data: TemplatesData, pack: PackIdentity): PackIdentity {
  if (data.pack === undefined || !data.records.some((record) => record.kind === 'face')) return pack;
  if (data.pack.hash === pack.hash && data.pack.dim === pack.dim) return data.pack;
  throw new VestibuleError(
    'pack_mismatch',
    `The enrolled people were measured with the model pack "${data.pack.id}" (${data.pack.hash.slice(0, 23)}); this one comes from "${pack.id}" (${pack.hash.slice(0, 23)}).`,
    { context: { pinned: data.pack.id, given: pack.id } },
  );
}

/** The template, or why it cannot be opened. */
function openRecord(
  record: SealedRecord,
  wrapped: WrappedKey,
  kek: { readonly kid: string; readonly key: Uint8Array },
): Template | string {
  if (wrapped.kid !== kek.kid)
    return `This template was sealed with the key ${wrapped.kid}, but the key here is ${kek.kid}. Restore the former key, or enrol the person again.`;
  const personKey = unwrapPersonKey(wrapped, record.personId, kek);
  if (personKey === undefined) return 'The key of this person was changed on the disk. Enrol the person again.';
  return openTemplate(record, personKey) ?? 'The template was changed on the disk. Enrol the person again.';
}
