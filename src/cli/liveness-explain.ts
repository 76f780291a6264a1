import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { SystemClock } from '../adapters/clock-system.js';
import { StateDirectoryReader } from '../adapters/store-lowdb.js';
import { Decisions, type JournaledDecision } from '../auth/decisions.js';
import { VestibuleError } from '../domain/errors.js';
import { explanation } from './liveness-explain-text.js';
import { type CommonOptions, configFor } from './options.js';
import { ReadOnlyStore } from './read-only-store.js';
import { type Output, printable } from './report-fault.js';

/** `vestibule liveness explain <decision id|last>`: only reads, beside a running kiosk or without one. */
export function livenessExplainCommand(output: Output = process.stdout): Command {
  return new Command('explain')
    .description('print what every gate said in a decision with liveness or pose')
    .argument('<decision>', 'id of a decision (audit, MQTT, page of decisions), or "last"')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
"last" is the newest decision that rests on liveness or pose. docs/liveness.md says what the gates and measures mean.

Examples:
  $ vestibule liveness explain last
  $ vestibule liveness explain 019aa3c0-7c1e-7000-8000-0123456789ab --json`,
    )
    .action(async (wanted: string, options: CommonOptions & { readonly json?: boolean }) => {
      const { config } = configFor(options);
      const directory = config.stateDirectory;
      const text = (file: string): Promise<string | undefined> =>
        readFile(join(directory, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw new VestibuleError('input_invalid', `${join(directory, file)} cannot be read: ${error.message}`);
        });
      const decisions = new Decisions({
        store: new ReadOnlyStore(new StateDirectoryReader(directory), text),
        clock: new SystemClock(),
        zone: config.zone,
        onFault: (sentence) => void process.stderr.write(`! ${printable(sentence)}\n`),
      });
      const decision = await find(decisions, wanted);
      output.write(options.json === true ? `${JSON.stringify(decision, null, 2)}\n` : explanation(decision));
    });
}

/** The decision of an id, or the newest one with evidence. Throws `input_invalid`. */
async function find(decisions: Decisions, wanted: string): Promise<JournaledDecision> {
  const days = [...(await decisions.days())].reverse();
  for (const day of days) {
    const found = (await decisions.list(day)).findLast(({ id, factors }) =>
      wanted === 'last' ? factors.some(({ evidence }) => evidence !== undefined) : id === wanted,
    );
    if (found !== undefined) return found;
  }
  throw new VestibuleError(
    'input_invalid',
    wanted === 'last'
      ? 'No decision in the journal rests on liveness or pose.'
      : `There is no decision with the id "${wanted}" in the journal${days.length === 0 ? ', which is empty' : ` (${days.at(-1)} to ${days[0]})`}.`,
  );
}
