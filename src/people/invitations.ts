import { createHash } from 'node:crypto';
import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import { ROLES, type Role } from '../domain/role.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';
import type { Random } from '../ports/random.js';

const HOUR_MS = 3_600_000;
/** A clock that lost up to a day at a restart (no battery, no network yet) makes no invitation invalid. */
const CLOCK_LOSS_MS = 24 * HOUR_MS;
/** Crockford base32 without I, L, O, U: a code that can be read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 16 characters of 5 bits: 80 bits. */
const CODE_LENGTH = 16;
/** More open invitations are refused: somebody is making them by a program. */
const OPEN_MAX = 2000;

const invitationSchema = z.strictObject({
  id: z.string().min(1),
  /** SHA-256 of the code, base64url. 80 random bits are not guessed from it. */
  hash: z.string(),
  kind: z.enum(['register', 'reset']),
  personId: z.string().exactOptional(),
  /** Name of somebody who has no entry yet. */
  name: z.string().exactOptional(),
  role: z.enum(ROLES),
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** Boot in which it was issued and its end on the monotonic clock, which no wall clock can move. */
  boot: z.string(),
  endsMonoMs: z.number(),
  /** Who used it. It cannot be used again; until it expires it takes that person's registration up again. */
  usedBy: z.string().exactOptional(),
});
type StoredInvitation = z.infer<typeof invitationSchema>;

interface InvitationsData {
  readonly invitations: readonly StoredInvitation[];
}

const SPEC: CollectionSpec<InvitationsData> = {
  file: 'invitations.json',
  version: 1,
  schema: z.strictObject({ invitations: z.array(invitationSchema) }),
  initial: () => ({ invitations: [] }),
};

/** What a code allows, once. */
export interface Invitation {
  readonly id: string;
  readonly kind: 'register' | 'reset';
  /** Whose credentials it is for; absent: a new person comes into being. */
  readonly personId?: string;
  readonly name?: string;
  readonly role: Role;
  /** RFC 3339 UTC. */
  readonly expiresAt: string;
}

export interface NewInvitation {
  readonly kind: 'register' | 'reset';
  readonly personId?: string;
  readonly name?: string;
  readonly role: Role;
  readonly hours: number;
}

/** One-time codes for registering and for a new password, hashed in `invitations.json` (docs/adr/0085). */
export class Invitations {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  #collection: Collection<InvitationsData> | undefined;

  constructor(ports: { store: Store; clock: Clock; random: Random }) {
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#random = ports.random;
  }

  async start(): Promise<void> {
    this.#collection = await this.#store.collection(SPEC);
  }

  /**
   * Makes a code; durable when it resolves. A former code of the same person, or a former one for a new
   * administrator, is void from then on.
   * @returns the code, to be shown once, and its end, RFC 3339 UTC
   * @throws VestibuleError `busy` (too many are open), `storage_*`
   */
  async issue(given: NewInvitation): Promise<{ readonly code: string; readonly expiresAt: string }> {
    const code = Array.from(this.#random.bytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join('');
    const now = this.#clock.now();
    const lifeMs = given.hours * HOUR_MS;
    const stored: StoredInvitation = {
      id: this.#random.uuid7(),
      hash: hashOf(code),
      kind: given.kind,
      ...(given.personId !== undefined && { personId: given.personId }),
      ...(given.name !== undefined && { name: given.name }),
      role: given.role,
      issuedAt: now,
      expiresAt: now + lifeMs,
      boot: this.#clock.state().boot,
      endsMonoMs: this.#clock.mono() + lifeMs,
    };
    await this.#change((invitations) => {
      const kept = invitations.filter((one) => this.#isLive(one) && !replaces(stored, one));
      if (kept.length >= OPEN_MAX)
        throw new VestibuleError('busy', `${OPEN_MAX} invitations are open. Let some expire first.`);
      return [...kept, stored];
    });
    return { code: code.replace(/(.{4})(?=.)/g, '$1-'), expiresAt: new Date(stored.expiresAt).toISOString() };
  }

  /** What a code allows; undefined when it is wrong, used or expired. Case, hyphens and spaces do not matter. */
  look(code: string): Invitation | undefined {
    const found = this.#find(code);
    return found === undefined || found.usedBy !== undefined ? undefined : shown(found);
  }

  /**
   * Uses a code up; durable when it resolves, so of many uses at once exactly one gets the invitation.
   * @param personId who uses it
   */
  async use(code: string, personId: string): Promise<Invitation | undefined> {
    const id = this.#find(code)?.id;
    if (id === undefined) return undefined;
    let used: StoredInvitation | undefined;
    await this.#change((invitations) =>
      invitations.map((one) => {
        if (one.id !== id || one.usedBy !== undefined || !this.#isLive(one)) return one;
        used = one;
        const { name: _name, ...rest } = one;
        return { ...rest, usedBy: personId };
      }),
    );
    return used && shown(used);
  }

  /** Gives an invitation back whose use came to nothing (the disk was full, the user name was taken meanwhile). */
  async giveBack(invitation: Invitation): Promise<void> {
    await this.#change((invitations) =>
      invitations.map((one) => {
        if (one.id !== invitation.id) return one;
        const { usedBy: _usedBy, ...rest } = one;
        return { ...rest, ...(invitation.name !== undefined && { name: invitation.name }) };
      }),
    );
  }

  /** Who used this code, as long as it has not expired: he may take his registration up again. */
  usedBy(code: string): string | undefined {
    return this.#find(code)?.usedBy;
  }

  /** Forgets every invitation for or used by a person. Two writes, so that the previous copy holds nothing either. */
  async revokeFor(personId: string): Promise<void> {
    await this.#change((invitations) =>
      invitations.filter((one) => one.personId !== personId && one.usedBy !== personId),
    );
    await this.#change((invitations) => [...invitations]);
  }

  /** Whether an invitation for this person, or one that he used, has not expired. */
  concerns(personId: string): boolean {
    return this.#data().invitations.some(
      (one) => (one.personId === personId || one.usedBy === personId) && this.#isLive(one),
    );
  }

  /** Voids the codes for a first administrator that the kiosk printed and nobody used. @throws VestibuleError `storage_*` */
  async revokeSetUp(): Promise<void> {
    if (this.#data().invitations.some(isSetUp))
      await this.#change((invitations) => invitations.filter((one) => !isSetUp(one)));
  }

  #find(code: string): StoredInvitation | undefined {
    const hash = hashOf(code);
    // The hash of a random code: how long the comparison takes says nothing about another code.
    return this.#data().invitations.find((one) => one.hash === hash && this.#isLive(one));
  }

  /** In the boot that issued it the monotonic clock decides; after a restart of the machine the wall clock. */
  #isLive(one: StoredInvitation): boolean {
    if (one.boot === this.#clock.state().boot) return this.#clock.mono() < one.endsMonoMs;
    const now = this.#clock.now();
    return now >= one.issuedAt - CLOCK_LOSS_MS && now < one.expiresAt;
  }

  async #change(change: (invitations: readonly StoredInvitation[]) => readonly StoredInvitation[]): Promise<void> {
    if (this.#collection === undefined) throw new Error('Invitations.start() was not called');
    await this.#collection.update((data) => ({ invitations: change(data.invitations) }));
  }

  #data(): InvitationsData {
    return this.#collection?.read() ?? SPEC.initial();
  }
}

/** Whether a new invitation makes an older one void. */
function replaces(next: StoredInvitation, old: StoredInvitation): boolean {
  if (next.personId !== undefined) return old.personId === next.personId || old.usedBy === next.personId;
  // Of the codes that the kiosk prints at its starts only the newest one is on the screen.
  return isSetUp(next) && isSetUp(old);
}

/** For whoever comes first to be the administrator, and not used yet. */
function isSetUp({ role, personId, name, usedBy }: StoredInvitation): boolean {
  return role === 'admin' && personId === undefined && name === undefined && usedBy === undefined;
}

function hashOf(code: string): string {
  const typed = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return createHash('sha256').update(`vestibule invitation ${typed}`).digest('base64url');
}

function shown(one: StoredInvitation): Invitation {
  const { id, kind, personId, name, role } = one;
  const expiresAt = new Date(one.expiresAt).toISOString();
  return {
    id,
    kind,
    role,
    expiresAt,
    ...(personId !== undefined && { personId }),
    ...(name !== undefined && { name }),
  };
}
