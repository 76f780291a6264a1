import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../adapters/clock-system.js';
import { chooseKeySource, KEY_FILE } from '../adapters/key-source-file.js';
import { CryptoRandom } from '../adapters/random-crypto.js';
import { StateDirectoryReader, StateStore } from '../adapters/store-lowdb.js';
import { CORRECTIONS_SPEC } from '../attendance/correction-record.js';
import { CodeBudget } from '../auth/code-budget.js';
import { Regulation } from '../auth/regulation.js';
import { TakenSteps } from '../auth/taken-steps.js';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { bestPack } from '../packs/verify.js';
import { Credentials } from '../people/credentials.js';
import { Invitations } from '../people/invitations.js';
import { People } from '../people/people.js';
import { Templates } from '../people/templates.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/collection.js';
import type { KeySource } from '../ports/key-source.js';
import type { Random } from '../ports/random.js';
import { ReadOnlyStore } from './read-only-store.js';

/** The persons of a state directory without a daemon. */
export interface LocalKiosk {
  readonly people: People;
  readonly templates: Templates;
  readonly credentials: Credentials;
  readonly invitations: Invitations;
  readonly regulation: Regulation;
  readonly codeBudget: { forget(personId: string): Promise<void> };
  readonly takenSteps: { forget(personId: string): Promise<void> };
  readonly corrections: { removeOf(personId: string): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly modelsDirectory: string;
  close(): Promise<void>;
}

/**
 * Opens persons and templates.
 * @param access `write` takes the lock (`state_locked` while a kiosk runs); `read` works beside a running kiosk
 */
export async function openLocalKiosk(config: Config, access: 'read' | 'write'): Promise<LocalKiosk> {
  const directory = config.stateDirectory;
  const clock = new SystemClock();
  const random = new CryptoRandom();
  const store: Store =
    access === 'write'
      ? new StateStore({ directory, clock, random })
      : new ReadOnlyStore(new StateDirectoryReader(directory));
  await store.open();
  try {
    const people = new People({ store, clock, random });
    await people.start();
    const credentialsDirectory = process.env.CREDENTIALS_DIRECTORY;
    const chosen = await chooseKeySource({ stateDirectory: directory, credentialsDirectory });
    // Looking must not make a key; without one there is nothing that it could open.
    const isKeyless = access === 'read' && chosen.level === 0 && !existsSync(join(directory, KEY_FILE));
    const keySource: KeySource = isKeyless
      ? { level: 0, description: 'none yet', key: async () => ({ kid: '0'.repeat(16), key: random.bytes(32) }) }
      : chosen;
    const templates = new Templates({ store, random, keySource });
    await templates.start();
    const credentials = new Credentials({ store, random, keySource, clock });
    await credentials.start();
    const invitations = new Invitations({ store, random, clock });
    await invitations.start();
    let countFault: unknown;
    const onFault = (fault: unknown): void => {
      countFault = fault;
    };
    const regulation = new Regulation({ store, clock, config: config.regulation, onFault });
    await regulation.start();
    return {
      people,
      templates,
      credentials,
      invitations,
      regulation,
      codeBudget: {
        forget: async (personId) => {
          const budget = new CodeBudget({ store, clock, config: config.otp, onFault });
          await budget.start();
          await budget.forget(personId);
          await budget.stop();
        },
      },
      takenSteps: {
        forget: async (personId) => {
          const steps = new TakenSteps({ store });
          await steps.start();
          await steps.forget(personId);
          await steps.stop();
        },
      },
      corrections: { removeOf: (personId) => removeCorrections(store, personId) },
      clock,
      random,
      modelsDirectory: modelsDirectory(directory),
      close: async () => {
        await regulation.stop();
        await store.close();
        // A count that was not stored stays in memory, which ends here.
        if (countFault !== undefined) throw countFault;
      },
    };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Removes a person's requests in two writes, as the running kiosk does. */
async function removeCorrections(store: Store, personId: string): Promise<void> {
  const collection = await store.collection(CORRECTIONS_SPEC);
  if (!collection.read().corrections.some((one) => one.personId === personId)) return;
  await collection.update(({ corrections }) => ({
    corrections: corrections.filter((one) => one.personId !== personId),
  }));
  await collection.update((data) => ({ ...data }));
}

/** Pack that this state directory works with: the pinned one, else the configured one, else the best one present. */
export async function packInUse(
  config: Config,
  kiosk: Pick<LocalKiosk, 'templates' | 'modelsDirectory'>,
): Promise<string> {
  const pinned = kiosk.templates.pinnedPack();
  if (pinned !== undefined) return pinned.id;
  if (config.vision.pack !== 'auto') return config.vision.pack;
  const best = await bestPack(kiosk.modelsDirectory);
  if (best !== undefined) return best;
  throw new VestibuleError('pack_missing', `There is no model pack in ${kiosk.modelsDirectory}.`);
}
