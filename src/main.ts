import { loadConfigFile } from './config/load.js';
import { readSecret } from './config/secrets.js';
import { Kiosk } from './kiosk.js';
import type { Login } from './kiosk-login.js';
import { readMessengerSecrets } from './kiosk-messengers.js';
import { createLogger, type Log, logForm } from './log/logger.js';

export interface RunOptions {
  /** Named by --config. */
  readonly configFile?: string;
  readonly stateDirectory?: string;
  /** Values of the command line; they go above file and environment. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the kiosk until SIGINT or SIGTERM. Throws the fault that kept it from starting; after the start it only
 * returns when everything has stopped.
 */
export async function runKiosk(options: RunOptions): Promise<void> {
  const { config, file } = loadConfigFile({
    env: process.env,
    ...(options.configFile !== undefined && { file: options.configFile }),
    overrides: {
      ...options.overrides,
      ...(options.stateDirectory !== undefined && { stateDirectory: options.stateDirectory }),
    },
  });
  const log = createLogger({ level: config.log.level, ...logForm(process.env, process.stdout.isTTY === true) });
  const mqttPassword = readSecret('mqtt-password', {
    env: process.env,
    file: config.mqtt.passwordFile,
    onWarning: (warning) => log.warn(warning),
  });
  const messengerSecrets = readMessengerSecrets(config, process.env, (warning) => log.warn(warning));
  const kiosk = new Kiosk({
    config,
    log,
    mqttPassword,
    messengerSecrets,
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
  });
  const ended = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.on('unhandledRejection', (error) => {
    // A promise nobody waits for must not end the record of attendance; it is a defect all the same.
    log.error('A fault was not handled', { error });
  });
  log.info(file === undefined ? 'Starting with the default configuration' : 'Starting', {
    ...(file !== undefined && { file }),
    directory: config.stateDirectory,
  });
  const addresses = await kiosk.start().catch((error: unknown) => {
    endSoon();
    throw error;
  });
  log.info(`The page is at ${addresses.url}`);
  if (addresses.brokerUrl !== undefined) {
    log.info(
      addresses.embeddedBroker
        ? `Events: mosquitto_sub -h 127.0.0.1 -p ${new URL(addresses.brokerUrl).port} -v -t 'vestibule/#'`
        : `Events go to ${addresses.brokerUrl}`,
    );
  }
  if (addresses.lanUrl !== undefined) log.info(`Other browsers sign in at ${addresses.lanUrl}/login`);
  log.info('The administration is at /admin; `vestibule admin-code` shows its code');
  if (kiosk.login?.hasAdministrator() === false) await tellSetUp(kiosk.login, `${addresses.url}/register`, log);
  const signal = await ended;
  log.info('Stopping', { signal });
  await kiosk.stop();
  endSoon();
}

/** The code goes to the installer's terminal only: a log is kept and copied. */
async function tellSetUp(login: Login, address: string, log: Log): Promise<void> {
  if (process.stdout.isTTY !== true) {
    log.info('There is no administrator yet: run `vestibule admin create` on the kiosk');
    return;
  }
  try {
    const code = await login.setUpCode();
    process.stdout.write(`\nThere is no administrator yet. Open ${address} and register with the code ${code}\n\n`);
  } catch (error) {
    log.error('No code for the first administrator could be made', { error });
  }
}

/** Longest that something left open may keep a stopped process alive, ms. */
const LEFT_OPEN_MS = 5000;

/** A kiosk that was stopped must end, so that the service manager starts it anew, whatever a part left open. */
function endSoon(): void {
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}
