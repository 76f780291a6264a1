/**
 * Gives a kiosk that does not run people who sign in with password and authenticator app:
 * `node login-people.js <configuration file> <count> <password> <file for the people>`. All have the same password hash,
 * each a secret of the own. Prints one JSON line.
 */
import { writeFileSync } from 'node:fs';
import { Argon2PasswordHasher } from '../../adapters/password-argon2.js';
import { loadConfig } from '../../config/load.js';
import type { CredentialChange } from '../../people/credentials.js';
import { openLocalKiosk } from '../local-kiosk.js';

/** Somebody who can sign in. */
export interface BenchPerson {
  readonly userName: string;
  /** Of the authenticator app, base32. */
  readonly secret: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const [configFile = '', count, password = '', file = ''] = process.argv.slice(2);
const config = loadConfig({ file: configFile, env: {} });
const kiosk = await openLocalKiosk(config, 'write');
try {
  const { people, credentials, random, clock } = kiosk;
  const passwordHash = await new Argon2PasswordHasher({ random, config: config.passwords }).hash(password);
  const confirmedAt = new Date(clock.now()).toISOString();
  const made: BenchPerson[] = [];
  const entries: { given: { name: string }; id: string }[] = [];
  const changes = new Map<string, CredentialChange>();
  for (let i = 0; i < Number(count); i++) {
    const number = String(i).padStart(5, '0');
    const userName = `person-${number}`;
    const secret = [...random.bytes(32)].map((byte) => LETTERS[byte % 32]).join('');
    const id = people.newId();
    made.push({ userName, secret });
    entries.push({ given: { name: `Person ${number}` }, id });
    changes.set(id, (own) => ({
      ...own,
      userName,
      passwordHash,
      totp: { secret, confirmedAt },
      registration: 'complete',
    }));
  }
  await people.addAll(entries);
  await credentials.changeAll(changes);
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
} finally {
  await kiosk.close();
}
process.stdout.write(`${JSON.stringify({ people: Number(count) })}\n`);
