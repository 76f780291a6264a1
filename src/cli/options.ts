import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type LoadedConfig, loadConfigFile } from '../config/load.js';

/** Options that every command knows. */
export interface CommonOptions {
  readonly config?: string;
  readonly state?: string;
  readonly verbose?: boolean;
}

const COMMON: readonly (readonly [flags: string, words: string])[] = [
  [
    '--config <file>',
    'configuration file (default: $VESTIBULE_CONFIG, else /etc/vestibule/vestibule.yaml if it exists)',
  ],
  ['--state <directory>', 'state directory (default: as configured, ./state)'],
  ['--verbose', 'show the stack of a fault'],
];

/** Adds the common options that a command does not define itself. */
export function addCommonOptions(command: Command): Command {
  for (const [flags, words] of COMMON) {
    const long = flags.split(' ')[0];
    if (!command.options.some((option) => option.long === long)) command.option(flags, words);
  }
  return command;
}

/** The configuration that a command works with: file, environment, --state. The state directory is absolute. */
export function configFor(options: CommonOptions, overrides: Readonly<Record<string, unknown>> = {}): LoadedConfig {
  const loaded = loadConfigFile({
    ...(options.config === undefined ? {} : { file: options.config }),
    env: process.env,
    overrides: { ...overrides, ...(options.state === undefined ? {} : { stateDirectory: options.state }) },
  });
  return { ...loaded, config: { ...loaded.config, stateDirectory: resolve(loaded.config.stateDirectory) } };
}
