import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { COMMANDS, type LazyCommand } from './commands.js';
import { EXIT_CODES } from './exit-codes.js';
import { addCommonOptions } from './options.js';
import { type Output, reportFault } from './report-fault.js';

/** Version of package.json, two folders above both src/cli and dist/cli. */
export function productVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version ?? '0.0.0');
}

/**
 * Runs one command line and returns its exit code; never throws. A command reports a bad outcome that is no fault by
 * setting `process.exitCode`.
 * @param args arguments after the program's name
 */
export async function runProgram(
  args: readonly string[],
  output: { readonly out: Output; readonly err: Output } = { out: process.stdout, err: process.stderr },
  commands: readonly LazyCommand[] = COMMANDS,
): Promise<number> {
  const program = new Command('vestibule')
    .description('Attendance kiosk: faces at the door become records and MQTT messages.')
    .version(productVersion())
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  $ vestibule start                          run with defaults: first camera or demo, http://127.0.0.1:8080
  $ vestibule start --config kiosk.yaml      run with a configuration
  $ vestibule doctor                         what is missing, and how to mend it
  $ vestibule enrol ./photos --consent-version 2026-01 --language en
  $ vestibule attendance export --from 2026-11-01 --to 2026-11-30 --format xlsx

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 configuration, 4 state directory in use, 5 not installed.`,
    );
  try {
    // The wanted command is loaded whole, the others are shown by name only.
    const wanted = args[0] === 'help' ? args[1] : args.find((arg) => !arg.startsWith('-'));
    for (const lazy of commands) {
      const command = lazy.name === wanted ? await lazy.load() : new Command(lazy.name);
      program.addCommand(command.description(command.description() || lazy.description), {
        hidden: lazy.hidden === true,
      });
    }
    prepare(program, output);
    await program.parseAsync([...args], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT_CODES.ok;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    return reportFault(thrown, output.err, args.includes('--verbose'));
  }
}

/** What all commands have in common: options, output, no exit from within. */
function prepare(command: Command, output: { readonly out: Output; readonly err: Output }): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void output.out.write(text),
    writeErr: (text) => void output.err.write(text),
  });
  command.showHelpAfterError('(see --help)');
  command.showSuggestionAfterError(true);
  if (command.parent !== null && command.commands.length === 0) addCommonOptions(command);
  for (const inner of command.commands) prepare(inner, output);
}
