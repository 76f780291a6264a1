import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';
import type { KeySource } from '../ports/key-source.js';
import type { Random } from '../ports/random.js';
import { Owners } from './credential-owners.js';
import {
  type Badge,
  type CredentialRecord,
  credentialRecordSchema,
  noCredentials,
  openCredentials,
  type PersonCredentials,
  sealCredentials,
} from './credential-record.js';
import { derivedKey } from './sealing.js';
import { userNameKey } from './user-name.js';

export type { Badge, PersonCredentials, RegistrationBegun } from './credential-record.js';

interface CredentialsData {
  readonly records: readonly CredentialRecord[];
}

const SPEC: CollectionSpec<CredentialsData> = {
  file: 'credentials.json',
  version: 1,
  schema: z.strictObject({ records: z.array(credentialRecordSchema) }),
  initial: () => ({ records: [] }),
};

/** What is to become of somebody's credentials; the same object changes nothing. What it throws is thrown on. */
export type CredentialChange = (credentials: PersonCredentials) => PersonCredentials;

/** More badges a person are refused. */
const BADGES_MAX = 8;

/** Credentials that could not be opened; they stay on the disk and prove nothing. */
export interface CredentialFault {
  readonly personId: string;
  /** What is wrong and what to do. */
  readonly detail: string;
}

interface Keys {
  readonly sealing: { readonly kid: string; readonly key: Uint8Array };
  readonly badges: Uint8Array;
}

/**
 * What people prove themselves with, in `credentials.json` (docs/adr/0084). Hashes, numbers, addresses and secrets are
 * sealed under the kiosk's key; user name, role and the HMACs of badge numbers are in the clear and authenticated.
 */
export class Credentials {
  readonly #store: Store;
  readonly #random: Random;
  readonly #keySource: KeySource;
  readonly #clock: Clock;
  readonly #listeners = new Set<(personId: string) => void>();
  #collection: Collection<CredentialsData> | undefined;
  #keys: Keys | undefined;
  /** Opened once per record; a changed record is another object. */
  readonly #opened = new WeakMap<CredentialRecord, PersonCredentials>();
  #byId = new Map<string, PersonCredentials>();
  #byName: ReadonlyMap<string, string> = new Map();
  #byBadge: ReadonlyMap<string, string> = new Map();
  #faults: readonly CredentialFault[] = [];

  constructor(ports: { store: Store; random: Random; keySource: KeySource; clock: Clock }) {
    this.#store = ports.store;
    this.#random = ports.random;
    this.#keySource = ports.keySource;
    this.#clock = ports.clock;
  }

  /** Opens every record it can; the others are in `faults`. @throws VestibuleError `secret_unreadable`, `storage_*` */
  async start(): Promise<void> {
    const { kid, key } = await this.#keySource.key();
    this.#keys = {
      sealing: { kid, key: derivedKey(key, 'vestibule/credentials/1') },
      badges: derivedKey(key, 'vestibule/badge-mac/1'),
    };
    this.#collection = await this.#store.collection(SPEC);
    this.#index();
  }

  /** Undefined for somebody who has none, or whose record cannot be opened. */
  of(personId: string): PersonCredentials | undefined {
    return this.#byId.get(personId);
  }

  all(): readonly PersonCredentials[] {
    return [...this.#byId.values()];
  }

  /** Id of the person with this user name in any spelling, also of one whose record cannot be opened. */
  withUserName(userName: string): string | undefined {
    return this.#byName.get(userNameKey(userName));
  }

  /** Id of the person with this badge. */
  withBadge(badge: string): string | undefined {
    return this.#byBadge.get(this.#badgeMac(badge));
  }

  /** Records that could not be opened. */
  faults(): readonly CredentialFault[] {
    return this.#faults;
  }

  /**
   * Changes somebody's credentials, or makes the first ones; durable when it resolves. Calls are carried out one after
   * the other and `change` sees the newest state, so what it checks holds until it is stored.
   * @param change returns the same object to change nothing; what it throws is thrown on and nothing is stored
   * @throws VestibuleError `user_name_taken`, `input_invalid` (user name, badge), `secret_unreadable` (the record cannot be
   *   opened), `storage_*`
   */
  async change(personId: string, change: CredentialChange): Promise<PersonCredentials> {
    return (await this.changeAll(new Map([[personId, change]]))).get(personId)!;
  }

  /** Changes the credentials of many people in one write: all of them or, when one change is refused, none. */
  async changeAll(changes: ReadonlyMap<string, CredentialChange>): Promise<ReadonlyMap<string, PersonCredentials>> {
    const fault = this.#faults.find((one) => changes.has(one.personId));
    if (fault !== undefined)
      throw new VestibuleError('secret_unreadable', fault.detail, { context: { personId: fault.personId } });
    return this.#replace(changes);
  }

  /**
   * Gives somebody whose record cannot be opened an empty one under the same user name; nothing happens where it can be
   * opened. The role begins anew, as nothing vouches for the one in the file. To be called only for who proved by an
   * invitation that an administrator wants this.
   */
  async renewUnreadable(personId: string): Promise<void> {
    if (!this.#faults.some((one) => one.personId === personId)) return;
    const lost = this.#data().records.find((record) => record.personId === personId);
    const renewed = {
      ...noCredentials(personId),
      ...(lost?.userName !== undefined && { userName: lost.userName }),
    };
    await this.#replace(new Map([[personId, () => renewed]]));
  }

  /**
   * Adds a badge; its number is kept as an HMAC only. Upper and lower case are the same, as readers print both.
   * @throws VestibuleError `input_invalid` (somebody has it, too many), and what `change` throws
   */
  async addBadge(personId: string, number: string, label: string): Promise<Badge> {
    const badge: Badge = {
      id: `b_${Buffer.from(this.#random.bytes(6)).toString('hex')}`,
      label,
      addedAt: new Date(this.#clock.now()).toISOString(),
      mac: this.#badgeMac(number),
    };
    await this.change(personId, (own) => {
      if (own.badges.length >= BADGES_MAX)
        throw new VestibuleError('input_invalid', `A person has at most ${BADGES_MAX} badges. Remove one first.`);
      return { ...own, badges: [...own.badges, badge] };
    });
    return badge;
  }

  /** False when the person has no badge of this id. */
  async removeBadge(personId: string, badgeId: string): Promise<boolean> {
    let found = false;
    await this.change(personId, (own) => {
      found = own.badges.some((badge) => badge.id === badgeId);
      return found ? { ...own, badges: own.badges.filter((badge) => badge.id !== badgeId) } : own;
    });
    return found;
  }

  /** Forgets a person. Two writes, so that the store's previous good copy holds nothing of him either. */
  async remove(personId: string): Promise<void> {
    const collection = this.#started();
    await collection.update((data) => ({ records: data.records.filter((record) => record.personId !== personId) }));
    await collection.update((data) => ({ ...data }));
    this.#index();
    this.#tell(personId);
  }

  /** Calls back after every durable change with the person's id; the returned function ends it. */
  onChanged(listener: (personId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #replace(changes: ReadonlyMap<string, CredentialChange>): Promise<ReadonlyMap<string, PersonCredentials>> {
    const collection = this.#started();
    const { sealing } = this.#requireKeys();
    const results = new Map<string, PersonCredentials>();
    const changed: string[] = [];
    let isIndexed = true;
    await collection.update((data) => {
      const places = new Map(data.records.map((record, index) => [record.personId, index]));
      let owners: Owners | undefined;
      const records = [...data.records];
      for (const [personId, change] of changes) {
        const index = places.get(personId);
        const former = index === undefined ? undefined : records[index];
        const own = (former && this.#open(former)) ?? noCredentials(personId);
        const next = change(own);
        results.set(personId, next);
        if (next === own && former !== undefined) continue;
        const keepsMarks = next.userName === own.userName && next.badges === own.badges && former !== undefined;
        if (!keepsMarks) owners ??= new Owners(data.records);
        const clean = owners === undefined ? next : owners.claim(next, personId);
        const record = sealCredentials(clean, sealing, this.#random);
        this.#opened.set(record, clean);
        results.set(personId, clean);
        changed.push(personId);
        isIndexed &&= keepsMarks;
        if (index === undefined) places.set(personId, records.push(record) - 1);
        else records[index] = record;
      }
      return changed.length > 0 ? { records } : data;
    });
    if (!isIndexed) this.#index();
    else for (const personId of changed) this.#byId.set(personId, results.get(personId)!);
    for (const personId of changed) this.#tell(personId);
    return results;
  }

  #open(record: CredentialRecord): PersonCredentials | undefined {
    const known = this.#opened.get(record);
    if (known !== undefined) return known;
    const opened = openCredentials(record, this.#requireKeys().sealing);
    if (opened !== undefined) this.#opened.set(record, opened);
    return opened;
  }

  #index(): void {
    const byId = new Map<string, PersonCredentials>();
    const byName = new Map<string, string>();
    const byBadge = new Map<string, string>();
    const faults: CredentialFault[] = [];
    for (const record of this.#data().records) {
      const { personId } = record;
      if (record.userName !== undefined) byName.set(userNameKey(record.userName), personId);
      const opened = this.#open(record);
      if (opened === undefined) {
        faults.push({ personId, detail: this.#whyUnreadable(record) });
        continue;
      }
      byId.set(personId, opened);
      for (const badge of opened.badges) byBadge.set(badge.mac, personId);
    }
    this.#byId = byId;
    this.#byName = byName;
    this.#byBadge = byBadge;
    this.#faults = faults;
  }

  #whyUnreadable(record: CredentialRecord): string {
    const { kid } = this.#requireKeys().sealing;
    if (record.kid !== kid)
      return `The credentials of ${record.personId} were sealed with the key ${record.kid}, but the key here is ${kid}. Restore the former key, or give the person a reset code.`;
    return `The credentials of ${record.personId} were changed on the disk. Give the person a reset code.`;
  }

  #badgeMac(number: string): string {
    const text = number.normalize('NFKC').trim().toUpperCase();
    return createHmac('sha256', this.#requireKeys().badges).update(text, 'utf8').digest('base64url');
  }

  #tell(personId: string): void {
    for (const listener of this.#listeners) listener(personId);
  }

  #data(): CredentialsData {
    return this.#collection?.read() ?? SPEC.initial();
  }

  #started(): Collection<CredentialsData> {
    if (this.#collection === undefined) throw new Error('Credentials.start() was not called');
    return this.#collection;
  }

  #requireKeys(): Keys {
    if (this.#keys === undefined) throw new Error('Credentials.start() was not called');
    return this.#keys;
  }
}
