import { Command } from 'commander';
import { VestibuleError } from '../domain/errors.js';
import type { Person } from '../domain/person.js';
import { removePerson } from '../people/erasure.js';
import { runningDaemon } from './control-file.js';
import { DaemonClient } from './daemon-client.js';
import { openLocalKiosk } from './local-kiosk.js';
import { type CommonOptions, configFor } from './options.js';
import { inviteCommand, unlockCommand } from './people-access.js';
import { importCommand } from './people-import.js';
import type { Output } from './report-fault.js';
import { table } from './table.js';

interface PeopleOptions extends CommonOptions {
  readonly json?: boolean;
}

/** `vestibule people list|show|remove|import|invite|unlock`. Looking works beside a running kiosk; most changes go through it. */
export function peopleCommand(output: Output = process.stdout): Command {
  const command = new Command('people').description('list, show, import, invite, unlock and remove people').addHelpText(
    'after',
    `
Examples:
  $ vestibule people list
  $ vestibule people show p_0123456789ab --json
  $ vestibule people import people.csv --dry-run
  $ vestibule people invite p_0123456789ab      prints a one-time code to register or to set a new password
  $ vestibule people remove p_0123456789ab      removes templates and personal data; attendance rows stay`,
  );
  command
    .command('list')
    .description('everybody who is known')
    .option('--json', 'as JSON')
    .action((options: PeopleOptions) => list(options, output));
  command
    .command('show')
    .description('one person and what is stored about him')
    .argument('<id>', 'id of the person')
    .option('--json', 'as JSON')
    .action(show);
  command
    .command('remove')
    .description('remove a person and his templates')
    .argument('<id...>', 'ids of persons')
    .option('--json', 'as JSON')
    .action(remove);
  return command.addCommand(importCommand(output)).addCommand(inviteCommand(output)).addCommand(unlockCommand(output));
}

async function list(options: PeopleOptions, output: Output): Promise<void> {
  const kiosk = await openLocalKiosk(configFor(options).config, 'read');
  try {
    const rows = kiosk.people.list().map((person) => ({
      id: person.id,
      name: person.name,
      externalId: person.externalId,
      createdAt: person.createdAt,
      active: person.active,
      templates: kiosk.templates.of(person.id).length,
      userName: kiosk.credentials.of(person.id)?.userName,
      role: kiosk.credentials.of(person.id)?.role ?? 'person',
      // Only a lock outlives the process that counts; a wait is known to the running kiosk alone.
      locked: kiosk.regulation.locksOf(person.id).flatMap(({ factor, locked }) => (locked ? [factor] : [])),
    }));
    if (options.json === true) print({ people: rows }, output);
    else if (rows.length === 0)
      output.write('Nobody is enrolled. Enrol with `vestibule enrol <folder>` or at the page.\n');
    else
      output.write(
        table([
          ['id', 'name', 'user name', 'number', 'role', 'enrolled', 'templates', 'active', 'locked'],
          ...rows.map((row) => [
            row.id,
            row.name,
            row.userName ?? '–',
            row.externalId ?? '–',
            row.role,
            row.createdAt.slice(0, 10),
            String(row.templates),
            row.active ? 'yes' : 'no',
            row.locked.join(', ') || 'no',
          ]),
        ]),
      );
  } finally {
    await kiosk.close();
  }
}

async function show(id: string, options: PeopleOptions): Promise<void> {
  const kiosk = await openLocalKiosk(configFor(options).config, 'read');
  try {
    const person = kiosk.people.find(id);
    if (person === undefined) throw unknown(id);
    const templates = kiosk.templates.of(id).map((template) => ({
      id: template.id,
      kind: template.kind,
      pack: template.pack,
      modelHash: template.modelHash,
      photos: template.samples.length,
      createdAt: template.createdAt,
    }));
    const faults = kiosk.templates.faults().filter((fault) => fault.personId === id);
    if (options.json === true) print({ person, templates, faults });
    else {
      process.stdout.write(table(factsOf(person)));
      for (const one of templates)
        process.stdout.write(
          `template  ${one.kind}, pack ${one.pack}, ${one.photos} ${one.kind === 'face' ? 'photographs' : 'takes'}, ${one.createdAt}\n`,
        );
      for (const fault of faults) process.stdout.write(`! ${fault.detail}\n`);
      if (![...templates, ...faults].some(({ kind }) => kind === 'face'))
        process.stdout.write('! There is no face: this person is not recognised by the camera. Enrol again.\n');
    }
  } finally {
    await kiosk.close();
  }
}

function factsOf(person: Person): string[][] {
  const { consent } = person;
  return [
    ['id', person.id],
    ['name', person.name],
    ['number', person.externalId ?? '–'],
    ['enrolled', person.createdAt],
    ['active', person.active ? 'yes' : 'no'],
    [
      'consent',
      consent === undefined
        ? 'none: is not recognised by the face'
        : `${consent.textVersion} (${consent.language}), ${consent.at}, recorded by ${consent.recordedBy}`,
    ],
  ];
}

async function remove(ids: readonly string[], options: PeopleOptions): Promise<void> {
  const { config } = configFor(options);
  const daemon = runningDaemon(config.stateDirectory);
  const removed: string[] = [];
  const note = (id: string): void => {
    removed.push(id);
    if (options.json !== true) process.stdout.write(`✓ ${id} removed\n`);
  };
  if (daemon !== undefined) {
    const client = new DaemonClient(daemon, config.stateDirectory);
    for (const id of ids) {
      await client.removePerson(id);
      note(id);
    }
  } else {
    const kiosk = await openLocalKiosk(config, 'write');
    try {
      for (const id of ids) {
        await removePerson(id, kiosk);
        note(id);
      }
    } finally {
      await kiosk.close();
    }
  }
  if (options.json === true) print({ removed });
}

function unknown(id: string): VestibuleError {
  return new VestibuleError('person_unknown', `There is no person with the id ${id}.`);
}

function print(value: unknown, output: Output = process.stdout): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}
