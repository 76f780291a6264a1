import { Command } from 'commander';
import { stringify } from 'yaml';
import { configFile } from '../config/load.js';
import { type CommonOptions, configFor } from './options.js';

/** `vestibule config check|print`. */
export function configCommand(): Command {
  const command = new Command('config').description('check and print the configuration').addHelpText(
    'after',
    `
Examples:
  $ vestibule config check kiosk.yaml        every fault with file, line and column; exit code 3 when there is one
                                             (vestibule doctor says whether the senders of codes can work)
  $ vestibule config print                   what is in force: file, environment, defaults`,
  );
  command
    .command('check')
    .description('report every fault of a configuration')
    .argument('[file]', 'configuration file')
    .action((file: string | undefined, options: CommonOptions) => {
      const named = file ?? options.config;
      configFor({ ...options, ...(named === undefined ? {} : { config: named }) });
      const read = configFile(named, process.env);
      process.stdout.write(read === undefined ? '✓ No file: every key has its default.\n' : `✓ ${read} is valid.\n`);
    });
  command
    .command('print')
    .description('print the configuration in force')
    .option('--json', 'as JSON')
    .action((options: CommonOptions & { json?: boolean }) => {
      const { config, file } = configFor(options);
      // The address may have come from the environment with a password in it.
      const source = config.camera.source;
      const shown = {
        ...config,
        camera: {
          ...config.camera,
          source: typeof source === 'string' ? source.replace(/(:\/\/)[^/@\s]*@/, '$1') : source,
        },
      };
      if (options.json === true) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      else process.stdout.write(`# ${file ?? 'no file: defaults and environment'}\n${stringify(shown)}`);
    });
  return command;
}
