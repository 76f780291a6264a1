import { toError, VestibuleError } from '../domain/errors.js';
import { EXIT_CODES, exitCodeOf } from './exit-codes.js';

/** Where commands write. */
export interface Output {
  write(text: string): unknown;
}

/** Prints a fault as message and mend, without a stack unless it is asked for. Returns the exit code. */
export function reportFault(thrown: unknown, output: Output, verbose: boolean): number {
  if (thrown instanceof VestibuleError) {
    output.write(`✗ ${printable(thrown.message)}\n  → ${thrown.mend}\n`);
    if (verbose) output.write(`${stackOf(thrown)}\n`);
    return exitCodeOf(thrown.code);
  }
  const error = toError(thrown);
  output.write(`✗ Vestibule met a fault that it does not know: ${printable(error.message)}\n`);
  output.write(
    verbose ? `${stackOf(error)}\n` : '  → Run the command again with --verbose and report what it prints.\n',
  );
  return EXIT_CODES.failed;
}

/** Text of files and other machines may not steer the terminal; line ends of our own lists stay. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' ? '\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function stackOf(error: Error): string {
  const lines = [printable(error.stack ?? error.message)];
  for (let cause = error.cause, depth = 0; cause !== undefined && depth < 5; depth++) {
    const inner = toError(cause);
    lines.push(`caused by ${printable(inner.stack ?? inner.message)}`);
    cause = inner.cause;
  }
  return lines.join('\n');
}
