import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** Thread that compares passwords with bcrypt hashes: the computation is JavaScript and blocks its thread. */
interface Question {
  readonly id: number;
  readonly stored: string;
  readonly plain: string;
}

parentPort?.on('message', ({ id, stored, plain }: Question) => {
  let answer = false;
  try {
    answer = compareSync(plain, stored);
  } catch {
    // A text that is no hash matches nothing.
  }
  parentPort?.postMessage({ id, answer });
});
