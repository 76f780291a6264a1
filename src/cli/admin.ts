import { Command } from 'commander';
import { removePerson } from '../people/erasure.js';
import { runningDaemon } from './control-file.js';
import { DaemonClient } from './daemon-client.js';
import { openLocalKiosk } from './local-kiosk.js';
import { type CommonOptions, configFor } from './options.js';
import type { ShownCode } from './people-access.js';
import { type Output, printable } from './report-fault.js';

interface CreateOptions extends CommonOptions {
  readonly name: string;
  readonly userName?: string;
  readonly json?: boolean;
}

/** `vestibule admin create`. */
export function adminCommand(output: Output = process.stdout): Command {
  const create = new Command('create')
    .description('add an administrator and print the code with which he registers')
    .requiredOption('--name <name>', 'name as it is shown')
    .option('--user-name <name>', 'user name (default: chosen when registering)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
The code works once. With it the administrator sets a password and the other factors that the policy asks for, at the kiosk
or, where lan.enabled is on, from another browser. While a kiosk runs, the command goes through it.

Examples:
  $ vestibule admin create --name "Ada Lovelace"
  $ vestibule admin create --name "Ada Lovelace" --user-name ada`,
    )
    .action((options: CreateOptions) => createAdmin(options, output));
  return new Command('admin')
    .description('add administrators')
    .addHelpText('after', '\nExamples:\n  $ vestibule admin create --name "Ada Lovelace" --user-name ada')
    .addCommand(create);
}

async function createAdmin(options: CreateOptions, output: Output): Promise<void> {
  const { config } = configFor(options);
  const { name, userName } = options;
  const given = { name, role: 'admin', ...(userName !== undefined && { userName }) } as const;
  const daemon = runningDaemon(config.stateDirectory);
  if (daemon !== undefined) {
    const { person, invitation } = await new DaemonClient(daemon, config.stateDirectory).addPerson(given);
    return print(person.id, invitation, options, output);
  }
  const kiosk = await openLocalKiosk(config, 'write');
  try {
    const { people, credentials, invitations } = kiosk;
    const { id } = await people.add({ name });
    try {
      await credentials.change(id, (own) => ({
        ...own,
        role: 'admin',
        ...(userName !== undefined && { userName }),
      }));
      const hours = config.registration.invitationHours;
      print(id, await invitations.issue({ kind: 'register', personId: id, role: 'admin', hours }), options, output);
    } catch (thrown) {
      // A taken user name or a full disk: nobody stays behind half added.
      await removePerson(id, kiosk).catch(() => undefined);
      throw thrown;
    }
  } finally {
    await kiosk.close();
  }
}

function print(id: string, invitation: ShownCode, options: CreateOptions, output: Output): void {
  if (options.json === true) {
    output.write(`${JSON.stringify({ id, ...invitation }, null, 2)}\n`);
    return;
  }
  output.write(`✓ ${printable(options.name)} was added as administrator (${id})

Code: ${invitation.code}
  valid until ${invitation.expiresAt}, once

1. Start the kiosk if it does not run (vestibule start), and touch “Log in”, then “Register” on its page.
2. Type the code, then choose ${options.userName === undefined ? 'a user name and ' : ''}a password.
3. Set up the other factors that the page asks for. Then sign in at /admin of the same address.
`);
}
