import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS, type LazyCommand } from '../../src/cli/commands.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { productVersion, runProgram } from '../../src/cli/program.js';
import { VestibuleError } from '../../src/domain/errors.js';

afterEach(() => {
  process.exitCode = undefined;
});

async function run(args: readonly string[], commands: readonly LazyCommand[] = COMMANDS) {
  let out = '';
  let err = '';
  const sinks = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } };
  return { code: await runProgram(args, sinks, commands), out: () => out, err: () => err };
}

function throwing(thrown: unknown): LazyCommand[] {
  const action = () => {
    throw thrown;
  };
  return [{ name: 'boom', description: 'fails', load: async () => new Command('boom').action(action) }];
}

describe('the command line', () => {
  it('shows every command without loading any of them', async () => {
    const loaded: string[] = [];
    const commands = COMMANDS.map((one) => ({
      ...one,
      load: () => {
        loaded.push(one.name);
        return one.load();
      },
    }));
    const { code, out } = await run(['--help'], commands);
    expect(code).toBe(EXIT_CODES.ok);
    expect(loaded).toEqual([]);
    for (const { name, hidden } of COMMANDS) expect(out().includes(`\n  ${name} `), name).toBe(hidden !== true);
    expect(out()).toContain('Examples:');
  });

  it('prints its version', async () => {
    expect(await run(['--version']).then(({ out }) => out().trim())).toBe(productVersion());
  });

  it.each(['start', 'doctor', 'enrol', 'people', 'identify', 'config', 'admin-code', 'otp'])(
    '%s --help has examples',
    async (name) => {
      const { code, out } = await run([name, '--help']);
      expect(code).toBe(EXIT_CODES.ok);
      expect(out()).toMatch(/Examples?:/);
    },
  );

  it('takes the common options after every command', async () => {
    expect((await run(['people', 'list', '--help'])).out()).toMatch(
      /--config <file>[\s\S]*--state <directory>[\s\S]*--verbose/,
    );
  });

  it.each([[['fly']], [['start', '--prot', '1']], [['enrol']], [['people', 'show']], [['people', 'fly']]])(
    'answers wrong usage %j with exit code 2 and a hint',
    async (args) => {
      const { code, err } = await run(args);
      expect(code).toBe(EXIT_CODES.usage);
      expect(err()).toMatch(/see --help/);
    },
  );

  it('prints a fault as message and mend without a stack, with its exit code', async () => {
    const fault = new VestibuleError('state_locked', 'The directory /x is in use.', { cause: new Error('inner') });
    const { code, err } = await run(['boom'], throwing(fault));
    expect(code).toBe(EXIT_CODES.stateLocked);
    expect(err()).toBe(`✗ The directory /x is in use.\n  → ${fault.mend}\n`);
    const verbose = await run(['boom', '--verbose'], throwing(fault));
    expect(verbose.err()).toMatch(/\n +at [\s\S]*caused by Error: inner/);
  });

  it('lets no text of a fault steer the terminal', async () => {
    const { err } = await run(['boom'], throwing(new VestibuleError('input_invalid', 'a\u001b[2Jb\u202ec')));
    expect(err()).toContain('a\\u001b[2Jb\\u202ec');
  });

  it('says what to do about a fault that it does not know', async () => {
    const { code, err } = await run(['boom'], throwing(new TypeError('x is not a function')));
    expect(code).toBe(EXIT_CODES.failed);
    expect(err()).toMatch(/x is not a function\n {2}→ Run the command again with --verbose/);
  });

  it('refuses a wrong configuration with exit code 3', async () => {
    const { code, err } = await run(['config', 'check', '/absent/vestibule.yaml']);
    expect(code).toBe(EXIT_CODES.configuration);
    expect(err()).toContain('/absent/vestibule.yaml: this file does not exist');
  });
});
