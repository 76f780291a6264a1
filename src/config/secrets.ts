import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VestibuleError } from '../domain/errors.js';

/** Names of the secrets, as systemd credentials spell them. */
export type SecretName = 'mqtt-password' | 'twilio-auth-token' | 'smtp-password';

export interface SecretOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File named in the configuration (for example mqtt.passwordFile). */
  readonly file?: string | undefined;
  /** Told in plain words that a file may be read by others. */
  readonly onWarning?: (warning: string) => void;
}

const LARGEST_SECRET_BYTES = 64 * 1024;

/**
 * A secret from the first place that has it: the environment variable `VESTIBULE_<NAME>`, the file named by
 * `VESTIBULE_<NAME>_FILE`, the systemd credential `$CREDENTIALS_DIRECTORY/<name>`, the file named in the configuration.
 * Undefined where none of them is set. One line end at the end of a file does not belong to the secret.
 * Throws `secret_unreadable` where a place is named and gives nothing usable.
 */
export function readSecret(name: SecretName, options: SecretOptions): string | undefined {
  const variable = `VESTIBULE_${name.replace(/-/g, '_').toUpperCase()}`;
  const direct = options.env[variable];
  if (direct !== undefined && direct !== '') return direct;
  const named = options.env[`${variable}_FILE`];
  if (named !== undefined && named !== '') return readSecretFile(name, named, options.onWarning);
  const credential = credentialFile(name, options.env.CREDENTIALS_DIRECTORY);
  if (credential !== undefined) return readSecretFile(name, credential, undefined);
  if (options.file !== undefined && options.file !== '') return readSecretFile(name, options.file, options.onWarning);
  return undefined;
}

function credentialFile(name: SecretName, directory: string | undefined): string | undefined {
  if (directory === undefined || directory === '') return undefined;
  const file = join(directory, name);
  return statSync(file, { throwIfNoEntry: false }) === undefined ? undefined : file;
}

function readSecretFile(name: SecretName, file: string, onWarning: ((warning: string) => void) | undefined): string {
  const refuse = (reason: string): VestibuleError =>
    new VestibuleError('secret_unreadable', `The file ${file} for the secret ${name} ${reason}.`, {
      context: { file },
    });
  let bytes: Buffer;
  let mode: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw refuse('is not a file');
    if (stat.size > LARGEST_SECRET_BYTES) throw refuse('is larger than 64 kB');
    mode = stat.mode;
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof VestibuleError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw refuse(
      code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read' : `cannot be read (${code})`,
    );
  }
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (secret === '') throw refuse('is empty');
  if (/[\0\r\n]/.test(secret)) throw refuse('holds more than one line');
  if ((mode & 0o007) !== 0) onWarning?.(`Everybody on this machine may read ${file}. Run: chmod 600 ${file}`);
  return secret;
}
