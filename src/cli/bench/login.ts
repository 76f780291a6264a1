import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CERTIFICATE_FILE } from '../../adapters/certificate-selfsigned.js';
import { loadConfig } from '../../config/load.js';
import { median, quantile } from '../../domain/statistics.js';
import { AskedProcess, measureIn } from './child.js';
import type { KioskFigures } from './kiosk.js';
import type { ComparisonCost } from './login-baseline.js';
import type { LoginTarget } from './login-client.js';
import type { LoginJob, LoginsDone, LoginTask, NamesDone } from './login-clients.js';
import type { BenchPerson } from './login-people.js';
import { mannWhitneyP } from './mann-whitney.js';
import type { Row, Target } from './report.js';
import type { Workplace } from './workplace.js';

interface Size {
  readonly clients: number;
  readonly seconds: number;
  readonly aloneLogins: number;
  readonly names: number;
  readonly people: number;
}

/** People are as many as the names, and those that are taken to warm up. */
const WHOLE: Size = { clients: 50, seconds: 60, aloneLogins: 100, names: 2000, people: 2010 };
const QUICK: Size = { clients: 50, seconds: 3, aloneLogins: 5, names: 5, people: 600 };
const SETTLE_SECONDS = 3;
const COMPARISONS = 50;
const PASSWORD = 'seven brown kettles';

/** A kiosk with people who can sign in, and clients on the network. Targets are left out of the quick form. */
export async function measureLogin(place: Workplace, quick: boolean): Promise<Row[]> {
  const pack = place.packs[0];
  if (pack === undefined) return [];
  const size = quick ? QUICK : WHOLE;
  // Every frame is analysed, whatever it shows: two phases can be compared.
  const settings = { vision: { motionGate: false }, lan: { enabled: true, host: '127.0.0.1', port: 0 } };
  const file = quick ? place.configuration(pack, settings) : await place.kioskAt('visits', pack, settings);
  const peopleFile = join(place.folder, 'login-people.json');
  await measureIn('./login-people.js', [file, size.people, PASSWORD, peopleFile]);
  const people = JSON.parse(readFileSync(peopleFile, 'utf8')) as readonly BenchPerson[];
  const config = loadConfig({ file, env: {} });
  const { memoryKib, passes } = config.passwords;
  const cost = await measureIn<ComparisonCost>('./login-baseline.js', [memoryKib, passes, quick ? 5 : COMPARISONS]);
  const kiosk = new AskedProcess('./kiosk.js', [file, 'viewer', 'loop', 'punches']);
  try {
    await kiosk.ask('up');
    const { lanUrl } = await kiosk.ask<KioskFigures>('figures');
    if (lanUrl === undefined) throw new Error('The kiosk has no listener for other browsers.');
    const ca = readFileSync(join(config.stateDirectory, CERTIFICATE_FILE), 'utf8');
    const clients = new Clients(place.folder, { url: lanUrl, ca }, people);
    const rows = [
      ...aloneRows(await clients.alone(size.aloneLogins), cost, people.length),
      ...(await crowdRows(kiosk, clients, size)),
      ...namesRows(await clients.names(size.names)),
    ];
    return quick ? rows.map((row) => ({ ...row, target: undefined, note: `quick: ${row.note}` })) : rows;
  } finally {
    await kiosk.end();
  }
}

/** Starts client processes with their jobs. */
class Clients {
  readonly #file: string;
  readonly #common: LoginTarget & Pick<LoginJob, 'people' | 'password'>;
  readonly #count: number;

  constructor(folder: string, target: LoginTarget, people: readonly BenchPerson[]) {
    this.#file = join(folder, 'login-job.json');
    this.#count = people.length;
    this.#common = { ...target, people, password: PASSWORD };
  }

  alone(logins: number): Promise<LoginsDone> {
    return this.#done({ kind: 'alone', logins });
  }

  /** Begins with people whose code no former task took: each is good for one login. */
  many(clients: number, seconds: number): Promise<LoginsDone> {
    return this.#done({ kind: 'many', clients, seconds }, Math.floor(this.#count / 2));
  }

  names(names: number): Promise<NamesDone> {
    return this.#done({ kind: 'names', names });
  }

  #done<T>(task: LoginTask, first = 0): Promise<T> {
    const job: LoginJob = { ...this.#common, ...task, first };
    writeFileSync(this.#file, JSON.stringify(job), { mode: 0o600 });
    return measureIn('./login-clients.js', [this.#file]);
  }
}

function aloneRows({ ms }: LoginsDone, cost: ComparisonCost, people: number): Row[] {
  const middle = median(ms);
  return [
    {
      what: 'login with password + TOTP, one client, p95',
      measured: quantile(ms, 0.95),
      unit: 'ms',
      target: atMost(400),
      note: `${ms.length} logins by TLS, a connection each; median ${middle.toFixed(0)} ms; ${people} people, camera at work, 5 punches/s`,
    },
    {
      what: 'whole login / one argon2id comparison',
      measured: middle / cost.argon2Ms,
      unit: 'times',
      note: `comparison alone ${cost.argon2Ms.toFixed(1)} ms (median of ${cost.argon2Runs}): what all the rest costs beside it`,
    },
    {
      what: 'one bcrypt comparison (cost 12) / whole login',
      measured: cost.bcryptMs / middle,
      unit: 'times',
      note: `bcryptjs alone ${cost.bcryptMs.toFixed(0)} ms (median of ${cost.bcryptRuns}), as former systems stored passwords`,
    },
  ];
}

/** The same kiosk without logins, then with them. */
async function crowdRows(kiosk: AskedProcess, clients: Clients, { clients: count, seconds }: Size): Promise<Row[]> {
  await sleep(SETTLE_SECONDS * 1000);
  await kiosk.ask('reset');
  await sleep(seconds * 1000);
  const idle = await kiosk.ask<KioskFigures>('figures');
  await kiosk.ask('reset');
  const done = await clients.many(count, seconds);
  const busy = await kiosk.ask<KioskFigures>('figures');
  const p99 = (figures: KioskFigures): string => quantile(figures.appendMs, 0.99).toFixed(1);
  const fps = ({ results, seconds: time }: KioskFigures): number => results / time;
  const logins = `${done.ms.length} logins in ${done.seconds.toFixed(0)} s`;
  return [
    {
      what: `event append while ${count} clients log in, p99`,
      // A punch that was not stored is no fast one.
      ...(busy.appendFaults === 0 && { measured: quantile(busy.appendMs, 0.99) }),
      unit: 'ms',
      target: atMost(50),
      note: `${busy.appendMs.length} punches, ${busy.appendFaults} failed, median ${median(busy.appendMs).toFixed(1)} ms, slowest ${Math.max(...busy.appendMs).toFixed(0)} ms; idle p99 ${p99(idle)} ms; ${logins}`,
    },
    {
      what: `frame loop while ${count} clients log in`,
      measured: (100 * fps(busy)) / fps(idle),
      unit: '% of idle',
      target: { kind: 'at least', value: 90 },
      note: `${fps(busy).toFixed(1)} frames/s analysed, idle ${fps(idle).toFixed(1)}; live view ${busy.previewFps.toFixed(1)} and ${idle.previewFps.toFixed(1)} fps`,
    },
    {
      what: `${count} clients: logins`,
      measured: done.ms.length / done.seconds,
      unit: 'a second',
      note: `${logins}, median ${median(done.ms).toFixed(0)} ms, p95 ${quantile(done.ms, 0.95).toFixed(0)} ms; ${done.refused} answers 429, waited for as told; ${done.served} clients were let in`,
    },
    {
      what: `daemon: loop delay while ${count} clients log in, p99`,
      measured: busy.loopDelayP99Ms,
      unit: 'ms',
      note: `idle ${idle.loopDelayP99Ms.toFixed(2)} ms`,
    },
  ];
}

function namesRows({ knownMs, unknownMs }: NamesDone): Row[] {
  const [known, unknown] = [median(knownMs), median(unknownMs)];
  const who = `${knownMs.length} known, ${unknownMs.length} unknown names, wrong password, one at a time`;
  return [
    {
      what: 'known and unknown names: difference of the medians',
      measured: (100 * Math.abs(known - unknown)) / Math.min(known, unknown),
      unit: '%',
      target: atMost(5),
      note: `${who}: medians ${known.toFixed(2)} and ${unknown.toFixed(2)} ms`,
    },
    {
      what: 'known and unknown names: Mann-Whitney p',
      measured: mannWhitneyP(knownMs, unknownMs),
      unit: '',
      target: { kind: 'at least', value: 0.01 },
      note: 'chance of samples at least so different from one distribution; answers compared too: equal',
    },
  ];
}

function atMost(value: number): Target {
  return { kind: 'at most', value };
}
