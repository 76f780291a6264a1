import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import type { Person } from '../domain/person.js';
import { checkName } from '../domain/person-name.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';
import type { Random } from '../ports/random.js';
import { completeConsent, consentSchema, type GivenConsent } from './consent.js';

const personSchema = z.strictObject({
  id: z.string().regex(/^p_[0-9a-f]{12}$/),
  name: z.string().min(1),
  externalId: z.string().min(1).optional(),
  createdAt: z.iso.datetime(),
  active: z.boolean(),
  consent: consentSchema.exactOptional(),
});

interface PeopleData {
  readonly people: readonly Person[];
}

const SPEC: CollectionSpec<PeopleData> = {
  file: 'people.json',
  version: 1,
  schema: z.strictObject({ people: z.array(personSchema) }) as unknown as z.ZodType<PeopleData>,
  initial: () => ({ people: [] }),
};

/** What is given for a new person. */
export interface NewPerson {
  readonly name: string;
  readonly externalId?: string | undefined;
  /** Needed for whoever is to be recognised by the face; enrolment refuses without it. */
  readonly consent?: GivenConsent;
}

/** What of a person may change. `externalId: null` takes the number away. */
export interface PersonChange {
  readonly name?: string;
  readonly externalId?: string | null;
  readonly active?: boolean;
  /** `null` takes the consent away: the person is not recognised by the face any more. */
  readonly consent?: GivenConsent | null;
}

/** The persons known, in `people.json`. Templates and credentials lie elsewhere (templates.ts, credentials.ts). */
export class People {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #listeners = new Set<() => void>();
  #collection: Collection<PeopleData> | undefined;
  #byId: ReadonlyMap<string, Person> = new Map();

  constructor(ports: { store: Store; clock: Clock; random: Random }) {
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#random = ports.random;
  }

  async start(): Promise<void> {
    this.#collection = await this.#store.collection(SPEC);
    this.#index();
  }

  /** In the order of enrolment. */
  list(): readonly Person[] {
    return [...this.#byId.values()];
  }

  find(id: string): Person | undefined {
    return this.#byId.get(id);
  }

  nameOf(id: string): string | undefined {
    return this.#byId.get(id)?.name;
  }

  /** The person with this number of the employer. */
  withExternalId(externalId: string): Person | undefined {
    return this.list().find((person) => person.externalId === externalId);
  }

  /** An id that nobody has, for a person whose template is stored before the entry. */
  newId(): string {
    for (;;) {
      const id = `p_${Buffer.from(this.#random.bytes(6)).toString('hex')}`;
      if (!this.#byId.has(id)) return id;
    }
  }

  /**
   * Adds a person; durable when it resolves.
   * @param id of `newId`
   * @throws VestibuleError `input_invalid` (name, number, consent), `person_exists` (number taken), `storage_*`
   */
  async add(given: NewPerson, id: string = this.newId()): Promise<Person> {
    return (await this.addAll([{ given, id }]))[0]!;
  }

  /** Adds many in one write: all of them or, when one is refused, none. @throws what `add` throws */
  async addAll(entries: readonly { readonly given: NewPerson; readonly id: string }[]): Promise<readonly Person[]> {
    const now = this.#clock.now();
    const added = entries.map(({ given, id }): Person => {
      const externalId = cleanExternalId(given.externalId);
      return {
        id,
        name: cleanName(given.name),
        ...(externalId !== undefined && { externalId }),
        createdAt: new Date(now).toISOString(),
        active: true,
        ...(given.consent !== undefined && { consent: completeConsent(given.consent, now) }),
      };
    });
    await this.#change((people) => {
      const known = [...people];
      for (const person of added) {
        if (known.some((other) => other.id === person.id))
          throw new VestibuleError('person_exists', 'The random id is taken. Try again.');
        refuseTaken(known, person);
        known.push(person);
      }
      return known;
    });
    return added;
  }

  /**
   * Changes a person; durable when it resolves.
   * @throws VestibuleError `person_unknown`, `input_invalid`, `person_exists`, `storage_*`
   */
  async update(id: string, change: PersonChange): Promise<Person> {
    let updated: Person | undefined;
    await this.#change((people) => {
      const index = people.findIndex((person) => person.id === id);
      const person = people[index];
      if (person === undefined) throw unknown(id);
      const { externalId: formerId, consent: formerConsent, ...rest } = person;
      const externalId = change.externalId === undefined ? formerId : cleanExternalId(change.externalId ?? undefined);
      const consent =
        change.consent === undefined
          ? formerConsent
          : change.consent === null
            ? undefined
            : completeConsent(change.consent, this.#clock.now());
      const next: Person = {
        ...rest,
        ...(externalId !== undefined && { externalId }),
        ...(change.name !== undefined && { name: cleanName(change.name) }),
        ...(change.active !== undefined && { active: change.active }),
        ...(consent !== undefined && { consent }),
      };
      updated = next;
      refuseTaken(people, next);
      return people.with(index, next);
    });
    return updated!;
  }

  /**
   * Removes the person's entry. Templates go first: see erasure.ts. Two writes, so that the store's previous good copy
   * does not hold the name either.
   * @throws VestibuleError `person_unknown`, `storage_*`
   */
  async remove(id: string): Promise<void> {
    await this.#change((people) => {
      if (!people.some((person) => person.id === id)) throw unknown(id);
      return people.filter((person) => person.id !== id);
    });
    await this.#collection?.update((data) => ({ ...data }));
  }

  /** Calls back after every durable change; the returned function ends it. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #change(change: (people: readonly Person[]) => readonly Person[]): Promise<void> {
    if (this.#collection === undefined) throw new Error('People.start() was not called');
    await this.#collection.update((data) => ({ people: change(data.people) }));
    this.#index();
    for (const listener of this.#listeners) listener();
  }

  #index(): void {
    this.#byId = new Map(this.#collection?.read().people.map((person) => [person.id, person]));
  }
}

function cleanName(raw: string): string {
  const checked = checkName(raw);
  if (!checked.ok) throw new VestibuleError('input_invalid', checked.detail);
  return checked.name;
}

/** A personnel number in its clean form; undefined for none. @throws VestibuleError `input_invalid` */
export function cleanExternalId(raw: string | undefined): string | undefined {
  const id = raw?.normalize('NFC').trim();
  if (id === undefined || id === '') return undefined;
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,39}$/u.test(id))
    throw new VestibuleError(
      'input_invalid',
      'A personnel number has 1 to 40 letters, digits, spaces or . _ / - and begins with a letter or digit.',
    );
  return id;
}

function refuseTaken(people: readonly Person[], person: Person): void {
  if (person.externalId === undefined) return;
  const other = people.find((one) => one.externalId === person.externalId && one.id !== person.id);
  if (other !== undefined)
    throw new VestibuleError('person_exists', `The personnel number belongs to another person (${other.id}).`, {
      context: { personId: other.id },
    });
}

function unknown(id: string): VestibuleError {
  return new VestibuleError('person_unknown', `There is no person with the id ${id}.`, { context: { personId: id } });
}
