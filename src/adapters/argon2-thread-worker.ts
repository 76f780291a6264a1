import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { Argon2Question } from './argon2-thread.js';
import type { ThreadAnswer } from './asked-thread.js';

/** Argon2id in the numbering of the library, whose constant exists only for its own type checks. */
const ARGON2ID = 2;
/** A tenth of the CPU time of a thread of ordinary priority where both want all of it. */
const NICE = 10;

/** Linux takes the number of a thread where others take that of a process. Elsewhere the priority stays. */
function goLast(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // No /proc: not Linux.
  }
}

function compute(question: Argon2Question): string | boolean {
  if (question.kind === 'verify') return verifySync(question.stored, question.plain);
  const { plain, memoryKib, passes } = question;
  return hashSync(plain, { algorithm: ARGON2ID, memoryCost: memoryKib, timeCost: passes, parallelism: 1 });
}

goLast();
parentPort?.on('message', (question: Argon2Question & { readonly id: number }) => {
  const { id } = question;
  let said: ThreadAnswer<string | boolean>;
  try {
    said = { id, answer: compute(question) };
  } catch {
    // The library's words may hold what was given.
    said = { id, fault: 'argon2 could not compute' };
  }
  parentPort?.postMessage(said);
});
