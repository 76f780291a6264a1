import { toError } from '../domain/errors.js';
import { checkName } from '../domain/person-name.js';
import { ROLES, type Role } from '../domain/role.js';
import type { Credentials } from './credentials.js';
import { cleanExternalId, type People } from './people.js';
import { checkUserName } from './user-name.js';

/** Columns of an import, in any order; only `name` is needed. */
export const IMPORT_COLUMNS = ['name', 'user_name', 'external_id', 'role', 'email', 'phone', 'password_hash'] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

/** One row of the file; an absent column is an empty text. */
export interface ImportRow {
  readonly line: number;
  readonly fields: Readonly<Record<ImportColumn, string>>;
}

/** Somebody who will be added. */
export interface ImportedPerson {
  readonly line: number;
  readonly name: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly role: Role;
  readonly email?: string;
  readonly phone?: string;
  readonly passwordHash?: string;
}

export interface ImportFault {
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Judges every row. With one fault nothing is imported. */
export function planImport(
  rows: readonly ImportRow[],
  known: {
    readonly people: Pick<People, 'withExternalId'>;
    readonly credentials: Pick<Credentials, 'withUserName'>;
    readonly knowsHash: (text: string) => boolean;
    readonly isPhoneNumber: (text: string) => boolean;
    /** Country codes that messages may go to, as configured, and whether a number is of one of them. */
    readonly countries: readonly string[];
    readonly isOfCountry: (number: string) => boolean;
    readonly isMailAddress: (text: string) => boolean;
  },
): { readonly people: readonly ImportedPerson[]; readonly faults: readonly ImportFault[] } {
  const people: ImportedPerson[] = [];
  const faults: ImportFault[] = [];
  const namesBefore = new Map<string, number>();
  const numbersBefore = new Map<string, number>();
  for (const { line, fields } of rows) {
    const fault = (message: string): void => {
      faults.push({ line, message });
    };
    const once = (seen: Map<string, number>, key: string, what: string): void => {
      const before = seen.get(key);
      if (before !== undefined) fault(`The ${what} stands in line ${before} too. Give each person another one.`);
      seen.set(key, line);
    };
    const name = checkName(fields.name);
    if (!name.ok) fault(name.detail);
    const userName = fields.user_name === '' ? undefined : checkUserName(fields.user_name);
    if (userName?.ok === false) fault(userName.detail);
    if (userName?.ok === true) {
      once(namesBefore, userName.key, 'user name');
      if (known.credentials.withUserName(userName.userName) !== undefined)
        fault('The user name is taken by somebody who is here already. Take the row out or give another name.');
    }
    let externalId: string | undefined;
    try {
      externalId = cleanExternalId(fields.external_id);
    } catch (thrown) {
      fault(toError(thrown).message);
    }
    if (externalId !== undefined) {
      once(numbersBefore, externalId, 'external_id');
      if (known.people.withExternalId(externalId) !== undefined)
        fault('Somebody with this external_id is here already. Take the row out.');
    }
    const role = fields.role === '' ? 'person' : ROLES.find((one) => one === fields.role);
    if (role === undefined) fault(`The role must be ${ROLES.join(', ')} or empty.`);
    const phone = fields.phone.replace(/[\s()/.-]/g, '').replace(/^00/, '+');
    if (phone !== '' && !known.isPhoneNumber(phone))
      fault('The phone number must begin with + and the country code, for example +4915112345678.');
    else if (phone !== '' && !known.isOfCountry(phone)) fault(notOfCountry(known.countries));
    if (fields.email !== '' && !known.isMailAddress(fields.email))
      fault('The e-mail must be one plain address, for example ada@example.org.');
    const hash = fields.password_hash;
    if (hash !== '' && !known.knowsHash(hash))
      fault(
        'The password_hash must be argon2id, bcrypt ($2a$, $2b$ or $2y$, cost 4 to 13) or Django pbkdf2_sha256 (up to 2,000,000 iterations). Leave it empty and invite the person instead.',
      );
    // A former password alone would let whoever knows it set up the second factor of somebody with rights.
    if (hash !== '' && role !== undefined && role !== 'person')
      fault(
        `A ${role} is not imported with a password_hash: leave it empty and run \`vestibule people invite\` for him.`,
      );
    if (hash !== '' && userName === undefined) fault('A password_hash needs a user_name to sign in with.');
    if (name.ok && role !== undefined)
      people.push({
        line,
        name: name.name,
        role,
        ...(userName?.ok === true && { userName: userName.userName }),
        ...(externalId !== undefined && { externalId }),
        ...(fields.email !== '' && { email: fields.email }),
        ...(phone !== '' && { phone }),
        ...(hash !== '' && { passwordHash: hash }),
      });
  }
  return { people, faults };
}

function notOfCountry(countries: readonly string[]): string {
  if (countries.length === 0)
    return 'No country is allowed for messages. Name the countries under otp.countries, or leave the phone number out.';
  return `Messages go to numbers that begin with ${countries.join(', ')} only (otp.countries). Correct the phone number or leave it out.`;
}
