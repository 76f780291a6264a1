import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupFailure } from './report.mjs';

const LONGEST_WAIT_MS = 30 * 60_000;

/** Waits until no other set-up works on this checkout, then holds the lock. Returns the release. */
export async function takeLock(directory, onWait) {
  const lock = join(directory, 'lock');
  mkdirSync(directory, { recursive: true });
  const end = Date.now() + LONGEST_WAIT_MS;
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw new SetupFailure(
          `The folder ${directory} cannot be written (${error.code}).`,
          'Give the checkout to the user that runs this command: sudo chown -R "$USER" .',
        );
    }
    if (isStale(lock)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (Date.now() > end)
      throw new SetupFailure('Another set-up of this checkout does not end.', `Stop it, or delete ${lock}.`);
    if (!told) onWait();
    told = true;
    await sleep(500);
  }
}

/** True when the process that made the lock is gone; a lock younger than 5 s may not have its pid yet. */
function isStale(lock) {
  let pid;
  try {
    pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    const stat = statSync(lock, { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs > 5000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
