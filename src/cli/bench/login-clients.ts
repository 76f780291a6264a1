/**
 * Clients of the login terminal in a process of their own, so that they share no event loop with the kiosk:
 * `node login-clients.js <job file>`. Prints one JSON line.
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP_STEP_MS } from '../../auth/factors/totp.js';
import { toError } from '../../domain/errors.js';
import { type Answered, LoginClient, type LoginTarget, TimeIsUp } from './login-client.js';
import type { BenchPerson } from './login-people.js';

interface Common extends LoginTarget {
  readonly people: readonly BenchPerson[];
  readonly password: string;
  /** Index of whoever signs in first. */
  readonly first: number;
}
/** What the clients are to do. */
export type LoginTask =
  | { readonly kind: 'alone'; readonly logins: number }
  | { readonly kind: 'many'; readonly clients: number; readonly seconds: number }
  | { readonly kind: 'names'; readonly names: number };
export type LoginJob = Common & LoginTask;
export interface LoginsDone {
  /** One a login, in the order of their ends. */
  readonly ms: readonly number[];
  readonly seconds: number;
  /** Answers 429. */
  readonly refused: number;
  /** Clients that were let in at least once. */
  readonly served: number;
}
export interface NamesDone {
  readonly knownMs: readonly number[];
  readonly unknownMs: readonly number[];
}

/** Logins, or pairs of names, before the first that counts. */
const WARM_UP = 10;
/** The kiosk has its own page at 127.0.0.1. */
const FIRST_ADDRESS = 2;

const [jobFile = ''] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as LoginJob;
const addressOf = (client: number): string => `127.0.0.${FIRST_ADDRESS + client}`;
/** Attempts of one address before the next one: the kiosk lets each begin thirty at once, then one every six seconds. */
const ATTEMPTS_OF_AN_ADDRESS = 20;
/** Addresses of sections in which the rate of one address is not what is measured. */
const freshAddress = (n: number): string => `127.1.${Math.floor(n / 250)}.${1 + (n % 250)}`;
let taken = job.first;
const freeAt = new Map<BenchPerson, number>();
/** Everybody in turn; a code of the authenticator app works once, so nobody signs in twice within its life. */
async function nextPerson(): Promise<BenchPerson> {
  const person = job.people[taken % job.people.length];
  taken += 1;
  if (person === undefined) throw new Error('There is nobody to sign in');
  await sleep(Math.max(0, (freeAt.get(person) ?? 0) - performance.now()));
  freeAt.set(person, performance.now() + 2 * TOTP_STEP_MS);
  return person;
}

/** One login after the other, each over a connection of its own. */
async function alone(logins: number): Promise<LoginsDone> {
  const ms: number[] = [];
  let refused = 0;
  let begun = performance.now();
  for (let i = 0; i < WARM_UP + logins; i++) {
    if (i === WARM_UP) begun = performance.now();
    const client = new LoginClient(job, { address: freshAddress(i) });
    const took = await client.login(await nextPerson(), job.password);
    refused += client.refused;
    client.close();
    if (i >= WARM_UP) ms.push(took);
  }
  return { ms, seconds: (performance.now() - begun) / 1000, refused, served: 1 };
}

/** Every client begins the next login as soon as one is done. */
async function many(clients: number, seconds: number): Promise<LoginsDone> {
  const begun = performance.now();
  const endsAt = begun + seconds * 1000;
  const ms: number[] = [];
  let refused = 0;
  let served = 0;
  const work = async (_: unknown, index: number): Promise<void> => {
    const client = new LoginClient(job, { address: addressOf(index), endsAt });
    let own = 0;
    try {
      while (performance.now() < endsAt) {
        ms.push(await client.login(await nextPerson(), job.password));
        own += 1;
      }
    } catch (thrown) {
      if (!(thrown instanceof TimeIsUp)) throw thrown;
    } finally {
      client.close();
      refused += client.refused;
      if (own > 0) served += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return { ms, seconds: (performance.now() - begun) / 1000, refused, served };
}

/** Known and unknown names in pairs, chance says which one comes first; every name once. */
async function names(count: number): Promise<NamesDone> {
  let client = new LoginClient(job, { address: freshAddress(0) });
  const times = { known: [] as number[], unknown: [] as number[] };
  try {
    for (let i = 0; i < WARM_UP + count; i++) {
      if (i > 0 && i % (ATTEMPTS_OF_AN_ADDRESS / 2) === 0) {
        client.close();
        client = new LoginClient(job, { address: freshAddress(i) });
      }
      const pair = [
        { kind: 'known', userName: job.people[i % job.people.length]?.userName ?? '' },
        { kind: 'unknown', userName: `absent-${String(i).padStart(5, '0')}` },
      ] as const;
      const seen: string[] = [];
      for (const { kind, userName } of randomInt(2) === 0 ? pair : [...pair].reverse()) {
        const { ms, answers } = await client.wrongPassword(userName, `${job.password} not`);
        if (i >= WARM_UP) times[kind].push(ms);
        seen.push(answers.map((answer) => shownTo(answer, userName)).join('\n'));
      }
      if (seen[0] !== seen[1]) throw new Error(`Known and unknown names are answered differently: ${seen.join(' | ')}`);
    }
  } finally {
    client.close();
  }
  return { knownMs: times.known, unknownMs: times.unknown };
}

/** An answer without what differs from attempt to attempt. @throws when the password was not looked at */
function shownTo({ status, text }: Answered, userName: string): string {
  if (status !== 200) throw new Error(`The kiosk answered a wrong password with ${status}: ${text}`);
  const { attempt } = JSON.parse(text);
  return `${status} ${JSON.stringify({ ...attempt, id: '', expiresInMs: 0, userName: attempt.userName === userName })}`;
}

function done(): Promise<LoginsDone | NamesDone> {
  switch (job.kind) {
    case 'alone':
      return alone(job.logins);
    case 'many':
      return many(job.clients, job.seconds);
    case 'names':
      return names(job.names);
  }
}
try {
  process.stdout.write(`${JSON.stringify(await done())}\n`);
} catch (thrown) {
  // The bench shows the last lines of what is written here.
  process.stderr.write(`${toError(thrown).message}\n`);
  process.exitCode = 1;
}
