import type { Credentials, PersonCredentials, RegistrationBegun } from '../people/credentials.js';
import type { ErasureRooms } from '../people/erasure.js';
import { removePerson } from '../people/erasure.js';
import type { Invitations } from '../people/invitations.js';
import type { Clock } from '../ports/clock.js';

const HOUR_MS = 3_600_000;
/** Unfinished registrations are looked for this often. */
const LOOK_EVERY_MS = HOUR_MS;

/** When a registration begins, as the clock can vouch for it. */
export function begunNow(clock: Pick<Clock, 'now' | 'mono' | 'state'>): RegistrationBegun {
  const { sync, boot } = clock.state();
  return { boot, monoMs: clock.mono(), ...(sync !== 'none' && { at: new Date(clock.now()).toISOString() }) };
}

/** Rooms that an unfinished registration is looked for, and removed, in. */
export interface UnfinishedParts {
  readonly rooms: ErasureRooms & {
    readonly credentials: Pick<Credentials, 'all' | 'of' | 'change' | 'remove'>;
    readonly invitations: Pick<Invitations, 'concerns' | 'revokeFor'>;
  };
  readonly clock: Clock;
  /** An unfinished registration stays for so long. */
  readonly hours: number;
  readonly sessions: { countOf(personId: string): number };
  /** Whether anything was ever recorded of this person's attendance. */
  readonly hasPunched: (personId: string) => Promise<boolean>;
  readonly onRemoved: (count: number) => void;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Removes people who came into being by registering and never finished it, with their user name, after the life of an
 * invitation. Who was added or invited by an administrator, has staff rights, a number, a badge, a face or a punch is
 * wanted and stays. The age is monotonic within a boot of the machine; over a restart the wall clock counts, and only
 * when it could be trusted then and can be now; otherwise the time begins anew.
 */
export class UnfinishedRegistrations {
  readonly #parts: UnfinishedParts;
  #cancel: () => void = () => {};
  #work: Promise<void> = Promise.resolve();

  constructor(parts: UnfinishedParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#work = this.#work.then(() => this.#look()).catch((fault: unknown) => this.#parts.onFault(fault));
    this.#cancel = this.#parts.clock.after(LOOK_EVERY_MS, () => this.start());
  }

  /** Resolves when a running removal is over. */
  stop(): Promise<void> {
    this.#cancel();
    return this.#work;
  }

  /** Resolves when the looks begun so far are over. */
  idle(): Promise<void> {
    return this.#work;
  }

  async #look(): Promise<void> {
    const { rooms, hasPunched, onRemoved } = this.#parts;
    let removed = 0;
    for (const one of rooms.credentials.all()) {
      const { personId, begun } = one;
      if (begun === undefined || !this.#isUnwanted(one)) continue;
      const age = this.#age(begun);
      if (age === undefined) await this.#note(personId, begunNow(this.#parts.clock));
      if (age !== true) continue;
      if (await hasPunched(personId)) await this.#note(personId, undefined);
      // He may have come back while the punches were looked through.
      else if (this.#isUnwanted(rooms.credentials.of(personId) ?? one)) {
        await removePerson(personId, rooms);
        removed++;
      }
    }
    if (removed > 0) onRemoved(removed);
  }

  #isUnwanted({ personId, registration, role, badges }: PersonCredentials): boolean {
    const { rooms, sessions } = this.#parts;
    const person = rooms.people.find(personId);
    if (person === undefined || registration !== 'open' || role !== 'person' || badges.length > 0) return false;
    if (person.externalId !== undefined) return false;
    if (rooms.templates.of(personId).some(({ kind }) => kind === 'face')) return false;
    return !rooms.invitations.concerns(personId) && sessions.countOf(personId) === 0;
  }

  /** Whether the time is over; undefined when nobody can know how long it was. */
  #age({ boot, monoMs, at }: RegistrationBegun): boolean | undefined {
    const { clock, hours } = this.#parts;
    const now = clock.state();
    if (boot === now.boot) return clock.mono() - monoMs >= hours * HOUR_MS;
    if (at === undefined) return undefined;
    return now.sync !== 'none' && clock.now() - Date.parse(at) >= hours * HOUR_MS;
  }

  #note(personId: string, begun: RegistrationBegun | undefined): Promise<PersonCredentials> {
    return this.#parts.rooms.credentials.change(personId, ({ begun: _former, ...own }) =>
      begun === undefined ? own : { ...own, begun },
    );
  }
}
