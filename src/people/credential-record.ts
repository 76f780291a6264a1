import { z } from 'zod';
import { ROLES, type Role } from '../domain/role.js';
import type { Random } from '../ports/random.js';
import { seal, unseal } from './sealing.js';

/** Version of the sealed form; part of what is authenticated. */
const RECORD_VERSION = 1;

/** `none`: nothing was registered. `open`: begun, something required is missing. `complete`: may log in. */
const REGISTRATION_STATES = ['none', 'open', 'complete'] as const;
export type RegistrationState = (typeof REGISTRATION_STATES)[number];

const secretSchema = z.strictObject({
  passwordHash: z.string().exactOptional(),
  passwordHistory: z.array(z.string()).readonly(),
  pinHash: z.string().exactOptional(),
  totp: z
    .strictObject({ secret: z.string(), lastStep: z.int().exactOptional(), confirmedAt: z.string().exactOptional() })
    // Records that were sealed earlier hold the step that was taken last; it lies in `code-steps.json` now.
    .transform(({ lastStep: _lastStep, ...totp }) => totp)
    .readonly()
    .exactOptional(),
  phone: z.strictObject({ number: z.string(), confirmedAt: z.string().exactOptional() }).readonly().exactOptional(),
  email: z.strictObject({ address: z.string(), confirmedAt: z.string().exactOptional() }).readonly().exactOptional(),
  wanted: z
    .strictObject({ phone: z.string().exactOptional(), email: z.string().exactOptional() })
    .readonly()
    .exactOptional(),
  recovery: z.array(z.strictObject({ hash: z.string(), usedAt: z.string().exactOptional() }).readonly()).readonly(),
  begun: z
    .strictObject({ boot: z.string(), monoMs: z.number(), at: z.string().exactOptional() })
    .readonly()
    .exactOptional(),
});

const badgeRecordSchema = z
  .strictObject({
    id: z.string().min(1),
    label: z.string(),
    addedAt: z.string(),
    /** HMAC-SHA-256 of the number, base64url: the number itself is stored nowhere. */
    mac: z.string(),
  })
  .readonly();

const openPartSchema = z.strictObject({
  personId: z.string().min(1),
  userName: z.string().min(1).exactOptional(),
  role: z.enum(ROLES),
  registration: z.enum(REGISTRATION_STATES),
  badges: z.array(badgeRecordSchema).readonly(),
});

/** A person's credentials on the disk: what has to be looked up in the clear, everything else sealed. */
export const credentialRecordSchema = openPartSchema.extend({
  version: z.literal(RECORD_VERSION),
  kid: z.string(),
  sealed: z.string(),
});
export type CredentialRecord = z.infer<typeof credentialRecordSchema>;

export type Badge = z.infer<typeof badgeRecordSchema>;

/** When a registration began: boot of the machine and its monotonic ms; `at` where the wall clock could be trusted. */
export interface RegistrationBegun {
  readonly boot: string;
  readonly monoMs: number;
  readonly at?: string;
}

/** What a person can prove himself with. In memory of the daemon only; never logged, never sent. Times: RFC 3339 UTC. */
export interface PersonCredentials {
  readonly personId: string;
  /** As it is shown; unique without regard to case (user-name.ts). */
  readonly userName?: string;
  readonly role: Role;
  readonly registration: RegistrationState;
  /** PHC string, or the text of an imported hash. */
  readonly passwordHash?: string;
  /** Hashes of former passwords, newest first. */
  readonly passwordHistory: readonly string[];
  readonly pinHash?: string;
  readonly badges: readonly Badge[];
  /** `secret` in base32. */
  readonly totp?: { readonly secret: string; readonly confirmedAt?: string };
  /** `number` in E.164. */
  readonly phone?: { readonly number: string; readonly confirmedAt?: string };
  readonly email?: { readonly address: string; readonly confirmedAt?: string };
  /** A number or address that is to replace a confirmed one and is not confirmed yet. */
  readonly wanted?: { readonly phone?: string; readonly email?: string };
  readonly recovery: readonly { readonly hash: string; readonly usedAt?: string }[];
  /** Only of somebody who came into being by registering and has not finished: he is removed after a while. */
  readonly begun?: RegistrationBegun;
}

/** Credentials of somebody who has none. */
export function noCredentials(personId: string, role: Role = 'person'): PersonCredentials {
  return { personId, role, registration: 'none', passwordHistory: [], badges: [], recovery: [] };
}

/** @param key sealing key of `kid` */
export function sealCredentials(
  credentials: PersonCredentials,
  key: { readonly kid: string; readonly key: Uint8Array },
  random: Random,
): CredentialRecord {
  const { personId, userName, role, registration, badges, ...secret } = credentials;
  const open = { personId, ...(userName !== undefined && { userName }), role, registration, badges: [...badges] };
  const plain = Buffer.from(JSON.stringify(secretSchema.parse(secret)), 'utf8');
  const { kid } = key;
  return { ...open, version: RECORD_VERSION, kid, sealed: seal(key.key, plain, contextOf(open, kid), random) };
}

/** The credentials; undefined when the key is another one, or the record was changed or belongs to somebody else. */
export function openCredentials(
  record: CredentialRecord,
  key: { readonly kid: string; readonly key: Uint8Array },
): PersonCredentials | undefined {
  if (record.kid !== key.kid) return undefined;
  const { version: _version, kid, sealed, ...open } = record;
  const plain = unseal(key.key, sealed, contextOf(open, kid));
  if (plain === undefined) return undefined;
  const secret = secretSchema.safeParse(JSON.parse(plain.toString('utf8')));
  return secret.success ? { ...open, ...secret.data } : undefined;
}

/** What is in the clear is authenticated too: nobody becomes an administrator by an edit of the file. */
function contextOf(open: z.infer<typeof openPartSchema>, kid: string): string {
  const { personId, userName, role, registration, badges } = open;
  const marks = badges.map((badge) => [badge.id, badge.label, badge.addedAt, badge.mac]);
  return JSON.stringify(['credentials', RECORD_VERSION, kid, personId, userName ?? null, role, registration, marks]);
}
