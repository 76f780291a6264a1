import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Person } from '../domain/person.js';
import type { GivenConsent } from './consent.js';
import type { Enrolments, PhotoVerdict, SimilarPerson } from './enrolment.js';
import { parseNameList } from './name-list.js';
import type { People } from './people.js';

/** Files over this size are not even read. */
const PICTURE_MAX_BYTES = 5 * 1024 * 1024;
const PICTURE_NAME = /\.(jpe?g|png)$/i;

/** Why a person whose folder holds other files only (HEIC of a telephone, for instance) is refused. */
export const NO_PICTURES = 'The folder holds no JPEG or PNG picture. Export HEIC and other forms as JPEG.';

/** One thing that happened while a folder was imported. */
export type FolderEnrolmentStep =
  /** `file` is relative to the root. */
  | { readonly kind: 'photo'; readonly name: string; readonly file: string; readonly verdict: PhotoVerdict }
  | {
      readonly kind: 'enrolled';
      readonly person: Person;
      readonly photos: number;
      readonly similar: readonly SimilarPerson[];
    }
  | { readonly kind: 'skipped' | 'refused'; readonly name: string; readonly detail: string };

/** A person of the folder and his pictures. */
export interface FolderPerson {
  readonly name: string;
  readonly externalId?: string;
  /** Relative to the root, sorted; empty when his folder holds no picture. */
  readonly files: readonly string[];
}

/**
 * Persons of a folder: one folder per person (its name, `_` read as a space), or single pictures `name.jpg` at the
 * root. A name list names files or folders otherwise.
 * @throws VestibuleError `input_invalid` when the folder cannot be read, is empty or the list is wrong
 */
export async function scanFolder(root: string, nameList?: string): Promise<readonly FolderPerson[]> {
  const names = nameList === undefined ? new Map<string, never>() : parseNameList(await readText(nameList));
  const people: { name: string; externalId?: string; files: string[] }[] = [];
  const byName = new Map<string, (typeof people)[number]>();
  const add = (entry: string, plainName: string, files: string[]): void => {
    const row = names.get(entry) ?? { name: plainName.replaceAll('_', ' ').trim() };
    const key = row.name.normalize('NFC');
    const known = byName.get(key);
    if (known !== undefined) {
      known.files.push(...files);
      return;
    }
    const person = { ...row, files };
    byName.set(key, person);
    people.push(person);
  };
  const entries = await entriesOf(root);
  for (const entry of entries) {
    if (entry.isDirectory()) {
      const files = (await entriesOf(join(root, entry.name))).filter((one) => one.isFile());
      const pictures = files.filter((one) => PICTURE_NAME.test(one.name)).map((one) => `${entry.name}/${one.name}`);
      add(entry.name, entry.name, pictures);
    } else if (entry.isFile() && PICTURE_NAME.test(entry.name)) {
      add(entry.name, entry.name.replace(PICTURE_NAME, ''), [entry.name]);
    }
  }
  for (const file of names.keys())
    if (!entries.some((entry) => entry.name === file))
      throw new VestibuleError('input_invalid', `The name list names ${file}, which is not in ${root}.`);
  if (people.every((person) => person.files.length === 0))
    throw new VestibuleError(
      'input_invalid',
      `${root} holds no pictures. Put one folder per person into it, each with one or more JPEG or PNG pictures.`,
    );
  return people;
}

/**
 * Enrols everybody of a folder and yields what happens file by file. Somebody whose name (or number) is enrolled
 * already is skipped, so the import may be repeated; who is known without a face gets one. One refused person does not stop the others; a fault of the
 * vision process or the disk does.
 */
export async function* enrolFolder(options: {
  readonly root: string;
  /** Path of a CSV file `file,name[,personnel number]`. */
  readonly nameList?: string | undefined;
  readonly enrolments: Enrolments;
  readonly people: People;
  readonly consent: GivenConsent;
  readonly duplicates: 'refuse' | 'warn';
  /** Accepted pictures that a person needs; default 1. */
  readonly minPhotos?: number;
}): AsyncGenerator<FolderEnrolmentStep> {
  for (const { name, externalId, files } of await scanFolder(options.root, options.nameList)) {
    const same = externalId
      ? options.people.withExternalId(externalId)
      : options.people.list().find((person) => person.name === name.normalize('NFC'));
    // Somebody without consent was added without a face (people import): this is his face.
    if (same?.consent !== undefined) {
      yield { kind: 'skipped', name, detail: `${name} is enrolled already (${same.id}).` };
      continue;
    }
    if (files.length === 0) {
      yield { kind: 'refused', name, detail: NO_PICTURES };
      continue;
    }
    let id: string | undefined;
    try {
      const { enrolments, consent } = options;
      const begun =
        same === undefined
          ? enrolments.begin({ name, externalId, consent }, 'photographs')
          : enrolments.beginFor(same.id, consent, 'photographs');
      id = begun.id;
      let photos = 0;
      for (const file of files) {
        const verdict = await addFile(options.enrolments, id, options.root, file, photos);
        photos = verdict.count;
        yield { kind: 'photo', name, file, verdict };
      }
      const { person, similar } = await options.enrolments.commit(id, {
        duplicates: options.duplicates,
        minPhotos: options.minPhotos ?? 1,
      });
      yield { kind: 'enrolled', person, photos, similar };
    } catch (thrown) {
      if (!(thrown instanceof VestibuleError) || !isRefusal(thrown)) throw thrown;
      yield { kind: 'refused', name, detail: thrown.message };
    } finally {
      if (id !== undefined) options.enrolments.cancel(id);
    }
  }
}

function isRefusal(fault: VestibuleError): boolean {
  return ['input_invalid', 'enrolment_refused', 'person_exists', 'person_unknown'].includes(fault.code);
}

async function addFile(
  enrolments: Enrolments,
  id: string,
  root: string,
  file: string,
  count: number,
): Promise<PhotoVerdict> {
  const path = join(root, file);
  const unreadable = (detail: string): PhotoVerdict => ({
    accepted: false,
    reason: 'unreadable',
    detail,
    count,
    needed: 1,
  });
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size === 0) return unreadable('The file is empty.');
    if (size > PICTURE_MAX_BYTES) return unreadable('The file is larger than 5 MB. Make the picture smaller.');
    bytes = new Uint8Array(await readFile(path));
  } catch (thrown) {
    return unreadable(`The file cannot be read: ${toError(thrown).message}`);
  }
  return enrolments.addPhoto(id, bytes);
}

/** Entries without hidden ones, by name. Links are neither files nor folders here, so none leads out of the root. */
async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    throw new VestibuleError('input_invalid', `The folder ${directory} cannot be read.`, { cause: toError(thrown) });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new VestibuleError('input_invalid', `The name list ${path} cannot be read.`, { cause: toError(thrown) });
  }
}
