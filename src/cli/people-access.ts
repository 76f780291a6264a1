import { Command } from 'commander';
import { VestibuleError } from '../domain/errors.js';
import { runningDaemon } from './control-file.js';
import { DaemonClient } from './daemon-client.js';
import { openLocalKiosk } from './local-kiosk.js';
import { type CommonOptions, configFor } from './options.js';
import { type Output, printable } from './report-fault.js';

/** A code as the command line shows it; `expiresAt`: RFC 3339. */
export interface ShownCode {
  readonly code: string;
  readonly expiresAt: string;
}

/** `vestibule people invite <id>`. Goes through a running kiosk. */
export function inviteCommand(output: Output = process.stdout): Command {
  return new Command('invite')
    .description('make a one-time code with which a person registers, or sets a new password')
    .argument('<id>', 'id of the person')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Whoever is registered already gets a reset code, everybody else an invitation. A former code of the person is void.

Example:
  $ vestibule people invite p_0123456789ab`,
    )
    .action(async (id: string, options: CommonOptions & { readonly json?: boolean }) => {
      const { config } = configFor(options);
      const daemon = runningDaemon(config.stateDirectory);
      if (daemon !== undefined) {
        const client = new DaemonClient(daemon, config.stateDirectory);
        const kind = await kindFor(id, options);
        return print(kind, await client.invite(id, kind), options.json === true, output);
      }
      const kind = await kindFor(id, options);
      const kiosk = await openLocalKiosk(config, 'write');
      try {
        const role = kiosk.credentials.of(id)?.role ?? 'person';
        const hours = config.registration.invitationHours;
        const issued = await kiosk.invitations.issue({ kind, personId: id, role, hours });
        print(kind, issued, options.json === true, output);
      } finally {
        await kiosk.close();
      }
    });
}

/** `vestibule people unlock <id>`. Goes through a running kiosk. */
export function unlockCommand(output: Output = process.stdout): Command {
  return new Command('unlock')
    .description('forget the wrong passwords, PINs and codes of a person')
    .argument('<id>', 'id of the person')
    .addHelpText('after', '\nExample:\n  $ vestibule people unlock p_0123456789ab')
    .action(async (id: string, options: CommonOptions) => {
      const { config } = configFor(options);
      const daemon = runningDaemon(config.stateDirectory);
      if (daemon !== undefined) await new DaemonClient(daemon, config.stateDirectory).unlock(id);
      else {
        const kiosk = await openLocalKiosk(config, 'write');
        try {
          if (kiosk.people.find(id) === undefined) throw unknown(id);
          await kiosk.regulation.unlock(id);
        } finally {
          await kiosk.close();
        }
      }
      output.write(`✓ ${printable(id)} can try again\n`);
    });
}

/** A reset for whoever is registered, an invitation for everybody else. Looking works beside a running kiosk. */
async function kindFor(id: string, options: CommonOptions): Promise<'register' | 'reset'> {
  const kiosk = await openLocalKiosk(configFor(options).config, 'read');
  try {
    const person = kiosk.people.find(id);
    if (person === undefined) throw unknown(id);
    if (!person.active) throw new VestibuleError('input_invalid', 'This person is not active.');
    return kiosk.credentials.of(id)?.registration === 'complete' ? 'reset' : 'register';
  } finally {
    await kiosk.close();
  }
}

function print(kind: 'register' | 'reset', issued: ShownCode, json: boolean, output: Output): void {
  if (json) output.write(`${JSON.stringify({ kind, ...issued }, null, 2)}\n`);
  else
    output.write(
      `${kind === 'reset' ? 'Reset code' : 'Invitation'}: ${issued.code}\n  valid until ${issued.expiresAt}, once. At the kiosk: “Log in”, “Register”, then type the code.\n`,
    );
}

function unknown(id: string): VestibuleError {
  return new VestibuleError('person_unknown', `There is no person with the id ${id}.`);
}
