import { Command } from 'commander';
import { adminCode } from './control-file.js';
import { type CommonOptions, configFor } from './options.js';

/** `vestibule admin-code`. */
export function adminCodeCommand(): Command {
  return new Command('admin-code')
    .description('print the code that opens the admin view')
    .addHelpText(
      'after',
      `
The code lies in the file admin.code of the state directory, readable only by the user that runs the kiosk. To get a new
one, delete that file and start the kiosk again.

Example:
  $ vestibule admin-code`,
    )
    .action((options: CommonOptions) => {
      process.stdout.write(`${adminCode(configFor(options).config.stateDirectory)}\n`);
    });
}
