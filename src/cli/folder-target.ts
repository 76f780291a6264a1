import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Identification } from '../auth/identification.js';
import type { Config } from '../config/schema.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { curvesOf } from '../packs/calibration.js';
import { Enrolments } from '../people/enrolment.js';
import { enrolFolder, NO_PICTURES, scanFolder } from '../people/folder-enrolment.js';
import { runningDaemon } from './control-file.js';
import { DaemonClient } from './daemon-client.js';
import { openLocalKiosk, packInUse } from './local-kiosk.js';
import { openStillAnalyser } from './still-analyser.js';
import { stillVision } from './still-vision.js';

/** What happened to one file or one person, in the same form for a running kiosk, a stopped one and a dry run. */
export type FolderReport =
  | {
      readonly kind: 'photo';
      readonly name: string;
      readonly file: string;
      readonly accepted: boolean;
      readonly detail?: string;
    }
  | {
      readonly kind: 'enrolled';
      readonly name: string;
      readonly id?: string;
      readonly photos: number;
      /** Somebody enrolled is closer than the threshold. */
      readonly similar: readonly { readonly personId?: string; readonly score?: number; readonly threshold?: number }[];
    }
  | { readonly kind: 'skipped' | 'refused'; readonly name: string; readonly detail: string }
  /** After the last person: people cannot be told apart among so many. */
  | { readonly kind: 'gallery'; readonly detail: string };

export interface FolderRequest {
  readonly root: string;
  readonly nameList?: string | undefined;
  readonly consentVersion: string;
  readonly language: 'en' | 'de' | 'fr';
  readonly dryRun: boolean;
  /** A person who looks like somebody enrolled is refused instead of enrolled with a warning. */
  readonly refuseSimilar: boolean;
}

const PICTURE_MAX_BYTES = 5 * 1024 * 1024;

/** Enrols a folder where the state directory wants it: through the kiosk that runs on it, else directly. */
export async function* enrolInto(config: Config, request: FolderRequest): AsyncGenerator<FolderReport> {
  const daemon = runningDaemon(config.stateDirectory);
  if (daemon === undefined || request.dryRun) yield* enrolDirectly(config, request);
  else if (request.refuseSimilar)
    throw new VestibuleError(
      'input_invalid',
      'While the kiosk runs, --refuse-similar cannot be used. Stop the kiosk first.',
    );
  else yield* enrolThroughKiosk(new DaemonClient(daemon, config.stateDirectory), request);
}

async function* enrolDirectly(config: Config, request: FolderRequest): AsyncGenerator<FolderReport> {
  const kiosk = await openLocalKiosk(config, request.dryRun ? 'read' : 'write');
  try {
    const pack = await packInUse(config, kiosk);
    const { modelsDirectory } = kiosk;
    const analyser = await openStillAnalyser({ modelsDirectory, pack, detectSize: config.vision.detectSize });
    try {
      const vision = stillVision(analyser);
      const enrolments = new Enrolments({
        ...kiosk,
        vision,
        curvesOf: (id) => curvesOf(id),
        config,
      });
      const consent = {
        textVersion: request.consentVersion,
        language: request.language,
        recordedBy: 'administrator',
      } as const;
      if (request.dryRun) {
        for (const { name, files } of await scanFolder(request.root, request.nameList)) {
          const { id } = enrolments.begin({ name, consent }, 'photographs');
          yield* judgeFiles(request.root, name, files, (bytes) => enrolments.addPhoto(id, bytes));
          enrolments.cancel(id);
        }
        return;
      }
      const duplicates = request.refuseSimilar ? 'refuse' : 'warn';
      const { root, nameList } = request;
      for await (const step of enrolFolder({ root, nameList, enrolments, people: kiosk.people, consent, duplicates })) {
        if (step.kind === 'photo') {
          const { verdict } = step;
          yield {
            kind: 'photo',
            name: step.name,
            file: step.file,
            accepted: verdict.accepted,
            ...(verdict.accepted ? {} : { detail: verdict.detail }),
          };
        } else if (step.kind === 'enrolled') {
          const { person, photos, similar } = step;
          yield { kind: 'enrolled', name: person.name, id: person.id, photos, similar };
        } else yield step;
      }
      const among = new Identification({ ...kiosk, vision, curvesOf, recognition: config.recognition }).status();
      if (among.identification === 'refused') yield { kind: 'gallery', detail: among.reason ?? '' };
    } finally {
      await analyser.dispose();
    }
  } finally {
    await kiosk.close();
  }
}

async function* enrolThroughKiosk(client: DaemonClient, request: FolderRequest): AsyncGenerator<FolderReport> {
  const known = await client.people();
  for (const { name, externalId, files } of await scanFolder(request.root, request.nameList)) {
    const same = known.find((one) => (externalId === undefined ? one.name === name : one.externalId === externalId));
    // Somebody who was added without a face (people import, an invitation) gets this one.
    if (same?.factors.face === true) {
      yield { kind: 'skipped', name, detail: `${name} is enrolled already (${same.id}).` };
      continue;
    }
    if (files.length === 0) {
      yield { kind: 'refused', name, detail: NO_PICTURES };
      continue;
    }
    let id: string | undefined;
    try {
      const consent = { accepted: true, textVersion: request.consentVersion, language: request.language } as const;
      const known = same === undefined ? {} : { personId: same.id };
      id = (await client.begin({ name, ...(externalId === undefined ? {} : { externalId }), ...known, consent })).id;
      const session = id;
      let photos = 0;
      for await (const step of judgeFiles(request.root, name, files, (bytes) => client.addPhoto(session, bytes))) {
        if (step.kind === 'photo') {
          if (step.accepted) photos++;
          yield step;
        }
      }
      if (photos === 0) throw new VestibuleError('enrolment_refused', 'None of the pictures was accepted.');
      const { person, warnings } = await client.commit(session);
      id = undefined;
      yield { kind: 'enrolled', name, id: person.id, photos, similar: warnings.map(() => ({})) };
    } catch (thrown) {
      if (!(thrown instanceof VestibuleError) || !REFUSALS.includes(thrown.code)) throw thrown;
      yield { kind: 'refused', name, detail: thrown.message };
    } finally {
      if (id !== undefined) await client.cancel(id).catch(() => undefined);
    }
  }
  const { recognition } = await client.status();
  if (!recognition.identification && recognition.reason !== undefined)
    yield { kind: 'gallery', detail: recognition.reason };
}

const REFUSALS: readonly string[] = [
  'input_invalid',
  'enrolment_refused',
  'person_exists',
  'person_unknown',
  'image_refused',
];

type Verdict = { readonly accepted: true } | { readonly accepted: false; readonly detail: string };

/** One report per file, then the person: enough good pictures or not. */
async function* judgeFiles(
  root: string,
  name: string,
  files: readonly string[],
  judge: (bytes: Uint8Array<ArrayBuffer>) => Promise<Verdict>,
): AsyncGenerator<FolderReport> {
  let photos = 0;
  for (const file of files) {
    const verdict = await judgeFile(join(root, file), judge);
    if (verdict.accepted) photos++;
    yield { kind: 'photo', name, file, ...verdict };
  }
  if (photos > 0) yield { kind: 'enrolled', name, photos, similar: [] };
  else yield { kind: 'refused', name, detail: files.length > 0 ? 'None of the pictures was accepted.' : NO_PICTURES };
}

async function judgeFile(path: string, judge: (bytes: Uint8Array<ArrayBuffer>) => Promise<Verdict>): Promise<Verdict> {
  try {
    const { size } = await stat(path);
    if (size === 0) return { accepted: false, detail: 'The file is empty.' };
    if (size > PICTURE_MAX_BYTES)
      return {
        accepted: false,
        detail: 'The file is larger than 5 MB. Export it smaller, for example as a JPEG 2000 pixels long.',
      };
    const verdict = await judge(new Uint8Array(await readFile(path)));
    return verdict.accepted ? { accepted: true } : { accepted: false, detail: verdict.detail };
  } catch (thrown) {
    if (thrown instanceof VestibuleError) {
      if (thrown.code === 'image_refused') return { accepted: false, detail: thrown.message };
      throw thrown;
    }
    return { accepted: false, detail: `The file cannot be read: ${toError(thrown).message}` };
  }
}
