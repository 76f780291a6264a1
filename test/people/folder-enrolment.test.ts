import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrolFolder, type FolderEnrolmentStep } from '../../src/people/folder-enrolment.js';
import { parseNameList } from '../../src/people/name-list.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let root: string;
beforeEach(async () => {
  kiosk = await enrolledState();
  root = join(kiosk.directory, 'pictures');
});
afterEach(() => kiosk.dispose());

/** Writes a file whose picture shows person `who`; undefined = a file that shows nobody. */
async function put(path: string, who?: number, which = 1): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), path);
  kiosk.vision.stills.set(path, who === undefined ? [] : [aFace({ who, which })]);
}

async function run(nameList?: string): Promise<FolderEnrolmentStep[]> {
  const { enrolments, people } = kiosk;
  const steps: FolderEnrolmentStep[] = [];
  for await (const step of enrolFolder({ root, nameList, enrolments, people, consent: CONSENT, duplicates: 'warn' }))
    steps.push(step);
  return steps;
}

describe('enrolFolder', () => {
  it('enrols a folder per person and single pictures, and names the reason of every refused file', async () => {
    await put('Ada_Lovelace/1.jpg', 1, 1);
    await put('Ada_Lovelace/2.JPG', 1, 2);
    await put('Ada_Lovelace/3.png');
    await put('Ada_Lovelace/notes.txt', 1);
    await put('grace_hopper.jpeg', 2);
    await put('nobody/1.jpg');
    await put('.hidden/1.jpg', 3);
    await writeFile(join(root, 'Ada_Lovelace', '4.jpg'), '');
    const steps = await run();
    const photos = steps.flatMap((step) =>
      step.kind === 'photo' ? [[step.file, step.verdict.accepted ? 'accepted' : step.verdict.reason]] : [],
    );
    expect(photos).toEqual([
      ['Ada_Lovelace/1.jpg', 'accepted'],
      ['Ada_Lovelace/2.JPG', 'accepted'],
      ['Ada_Lovelace/3.png', 'no_face'],
      ['Ada_Lovelace/4.jpg', 'unreadable'],
      ['grace_hopper.jpeg', 'accepted'],
      ['nobody/1.jpg', 'no_face'],
    ]);
    expect(kiosk.people.list().map((person) => person.name)).toEqual(['Ada Lovelace', 'grace hopper']);
    expect(kiosk.templates.all().map((template) => template.samples.length)).toEqual([2, 1]);
    expect(steps.filter((step) => step.kind === 'refused')).toEqual([
      { kind: 'refused', name: 'nobody', detail: '0 of 1 pictures were accepted so far.' },
    ]);
  });

  it('skips who is enrolled already, so an import may be repeated', async () => {
    await put('Ada/1.jpg', 1);
    await run();
    expect((await run()).map((step) => step.kind)).toEqual(['skipped']);
    expect(kiosk.people.list()).toHaveLength(1);
  });

  it('gives a face to somebody who was added without one', async () => {
    const { id } = await kiosk.people.add({ name: 'Ada', externalId: '17' });
    await put('Ada/1.jpg', 1);
    expect((await run()).map((step) => step.kind)).toEqual(['photo', 'enrolled']);
    expect(kiosk.people.list()).toMatchObject([{ id, externalId: '17', consent: { textVersion: '1' } }]);
    expect(kiosk.templates.of(id)).toHaveLength(1);
    expect((await run()).map((step) => step.kind)).toEqual(['skipped']);
  });

  it('takes names and numbers from a name list', async () => {
    await put('tata.jpg', 1);
    await put('x7/1.jpg', 2);
    const list = join(kiosk.directory, 'names.csv');
    await writeFile(list, '\ufefffile,name,external id\r\ntata.jpg,"Tata, Ratan",0042\nx7,Grace\n');
    await run(list);
    expect(kiosk.people.list()).toMatchObject([{ name: 'Tata, Ratan', externalId: '0042' }, { name: 'Grace' }]);
    await writeFile(list, 'missing.jpg,Nobody\n');
    await expect(run(list)).rejects.toThrow(/missing\.jpg/);
  });

  it('warns about two persons who look the same', async () => {
    await put('Ada/1.jpg', 1, 1);
    await put('Eve/1.jpg', 1, 2);
    const steps = await run();
    const similar = steps.flatMap((step) => (step.kind === 'enrolled' ? [step.similar.length] : []));
    expect(similar).toEqual([0, 1]);
  });

  it('names a person whose folder holds no JPEG or PNG picture', async () => {
    await put('Ada/1.jpg', 1);
    await put('Bob/IMG_1.HEIC', 2);
    expect(await run()).toContainEqual({ kind: 'refused', name: 'Bob', detail: expect.stringContaining('HEIC') });
  });

  it('follows no link out of the folder, and says that there is nothing', async () => {
    await mkdir(root, { recursive: true });
    await writeFile(join(kiosk.directory, 'secret.jpg'), 'x');
    await symlink(join(kiosk.directory, 'secret.jpg'), join(root, 'secret.jpg'));
    await expect(run()).rejects.toThrow(/holds no pictures/);
    root = join(root, 'absent');
    await expect(run()).rejects.toMatchObject({ code: 'input_invalid' });
  });
});

describe('parseNameList', () => {
  it('reads quoted fields', () => {
    const rows = parseNameList('a.jpg,"O""Neil, Al", 7 \n\nb,B\n');
    expect([...rows]).toEqual([
      ['a.jpg', { name: 'O"Neil, Al', externalId: '7' }],
      ['b', { name: 'B' }],
    ]);
  });

  it.each(['a.jpg', 'a.jpg,', 'a.jpg,"x', 'a,b,c,d', 'a,x\na,y'])('refuses %j and names the line', (text) => {
    expect(() => parseNameList(text)).toThrow(/[Ll]ine \d/);
  });
});
