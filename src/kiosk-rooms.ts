import { hkdfSync } from 'node:crypto';
import { SystemClock } from './adapters/clock-system.js';
import { chooseKeySource } from './adapters/key-source-file.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { StateStore } from './adapters/store-lowdb.js';
import { LinuxSystem } from './adapters/system-linux.js';
import { Ledger } from './attendance/ledger.js';
import { acknowledgedSeq } from './attendance/outbox-cursor.js';
import { Recorder } from './attendance/recorder.js';
import { Decisions } from './auth/decisions.js';
import type { Config } from './config/schema.js';
import { type FaultCode, toError } from './domain/errors.js';
import { AdminAccess } from './kiosk-admin.js';
import { CodeGuard } from './kiosk-code-guard.js';
import type { Lifecycle } from './kiosk-lifecycle.js';
import type { Log } from './log/logger.js';
import { Credentials } from './people/credentials.js';
import { removeHalfEnrolled } from './people/half-enrolled.js';
import { Invitations } from './people/invitations.js';
import { People } from './people/people.js';
import { Templates } from './people/templates.js';

/** The rooms that only need the disk, started. */
export interface Rooms {
  readonly clock: SystemClock;
  readonly random: CryptoRandom;
  readonly system: LinuxSystem;
  readonly store: StateStore;
  readonly admin: AdminAccess;
  readonly codeGuard: CodeGuard;
  readonly people: People;
  readonly templates: Templates;
  readonly credentials: Credentials;
  readonly invitations: Invitations;
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  /** Secret of this kiosk that outlives a restart and names what strangers typed (auth/subject.ts). 32 bytes. */
  readonly subjectKey: Uint8Array;
}

/** Opens the state directory and every room that lives in it. */
export async function openRooms(parts: {
  config: Config;
  log: Log;
  credentialsDirectory: string | undefined;
  lifecycle: Lifecycle;
  onFault: (code: FaultCode, message: string) => void;
}): Promise<Rooms> {
  const { config, log, lifecycle, onFault } = parts;
  const directory = config.stateDirectory;
  const clock = new SystemClock();
  const random = new CryptoRandom();
  const store = new StateStore({ directory, clock, random });
  store.onAlarm((alarm) => {
    const context = { file: alarm.file, kind: alarm.kind, detail: alarm.reason };
    if (alarm.kind === 'temp_file_removed') log.debug('A left-over temporary file was removed', context);
    else log.error('A state file could not be read', context);
  });
  await lifecycle.start(
    'clock',
    () => clock.start(),
    () => clock.stop(),
  );
  await lifecycle.start(
    'store',
    () => store.open(),
    () => store.close(),
  );
  const admin = new AdminAccess({ directory, random, warn: (sentence) => log.warn(sentence) });
  await lifecycle.start(
    'admin',
    () => admin.start(),
    () => admin.withdrawAddress(),
  );
  const codeGuard = new CodeGuard({
    store,
    clock,
    verify: (code) => admin.verify(code),
    onFault: (error) => onFault('storage_failed', `Wrong admin codes could not be counted: ${toError(error).message}`),
  });
  await lifecycle.start(
    'wrong codes',
    () => codeGuard.start(),
    () => codeGuard.stop(),
  );
  const keySource = await chooseKeySource({
    stateDirectory: directory,
    credentialsDirectory: parts.credentialsDirectory,
  });
  const people = new People({ store, clock, random });
  const templates = new Templates({ store, random, keySource });
  const credentials = new Credentials({ store, random, keySource, clock });
  const invitations = new Invitations({ store, random, clock });
  await people.start();
  await templates.start();
  await credentials.start();
  await invitations.start();
  for (const fault of [...templates.faults(), ...credentials.faults()]) onFault('state_corrupt', fault.detail);
  try {
    const removed = await removeHalfEnrolled({ people, templates });
    if (removed.length > 0)
      log.warn('Templates of enrolments that were not finished were removed', { count: removed.length });
  } catch (thrown) {
    onFault('storage_failed', `An enrolment that was not finished could not be removed: ${toError(thrown).message}`);
  }
  const decisions = new Decisions({
    store,
    clock,
    zone: config.zone,
    onFault: (message) => onFault('state_corrupt', message),
  });
  const ledger = new Ledger({
    store,
    zone: config.zone,
    nameOf: (id) => people.nameOf(id),
    onFault: (message) => onFault('state_corrupt', message),
  });
  const acknowledged = await acknowledgedSeq(store);
  await lifecycle.start(
    'ledger',
    () => ledger.start(acknowledged),
    () => ledger.stop(),
  );
  const recorder = new Recorder({ ledger, clock, random, config });
  return {
    clock,
    random,
    system: new LinuxSystem(),
    store,
    admin,
    codeGuard,
    people,
    templates,
    credentials,
    invitations,
    decisions,
    ledger,
    recorder,
    subjectKey: new Uint8Array(hkdfSync('sha256', (await keySource.key()).key, '', 'vestibule/subjects/1', 32)),
  };
}
