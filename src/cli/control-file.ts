import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';

/** Written by the daemon into its state directory: where it listens. */
const controlSchema = z.object({ url: z.url({ protocol: /^https?$/ }), pid: z.int().positive() });

export interface RunningDaemon {
  readonly url: string;
  readonly pid: number;
}

/** The daemon that runs on a state directory, or undefined. A file left by a dead one does not count. */
export function runningDaemon(stateDirectory: string): RunningDaemon | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(join(stateDirectory, 'control.json'), 'utf8'));
  } catch {
    return undefined;
  }
  const control = controlSchema.safeParse(parsed);
  if (!control.success || !isAlive(control.data.pid)) return undefined;
  return control.data;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The admin code that the kiosk made at its first start. Throws `secret_unreadable`. */
export function adminCode(stateDirectory: string): string {
  const file = join(stateDirectory, 'admin.code');
  let code: string;
  try {
    code = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new VestibuleError(
      'secret_unreadable',
      missing
        ? `There is no admin code in ${stateDirectory} yet; the kiosk makes one at its first start.`
        : `The admin code ${file} may only be read by the user that runs the kiosk. Use sudo -u with that user.`,
    );
  }
  if (code === '')
    throw new VestibuleError(
      'secret_unreadable',
      `The admin code ${file} is empty. Delete it and start the kiosk again.`,
    );
  return code;
}
