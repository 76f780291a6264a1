import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { judgePoseTake } from '../../src/domain/liveness/pose-signature.js';
import type { PoseTake } from '../../src/domain/liveness/run-order.js';
import { withdrawFace } from '../../src/people/enrolment-store.js';
import { removePerson } from '../../src/people/erasure.js';
import { removeHalfEnrolled } from '../../src/people/half-enrolled.js';
import { People } from '../../src/people/people.js';
import { POSE_SETUP_EXPIRES_MS, PoseEnrolments } from '../../src/people/pose-enrolment.js';
import { poseTemplateOf } from '../../src/people/pose-template.js';
import { Templates } from '../../src/people/templates.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { FillingDisk } from '../fakes/filling-disk.js';
import { seeded } from '../support/seeded.js';
import { type Body, type Gesture, KNOWN_GESTURE, someBody, someTake } from '../support/synthetic-bodies.js';

const NETWORK = `sha256:${'ef'.repeat(32)}`;
const OTHER_NETWORK = `sha256:${'01'.repeat(32)}`;
const CONSENT_OF_PERSON = { ...CONSENT, recordedBy: 'person' } as const;
const OTHER_GESTURE: Gesture = { ...KNOWN_GESTURE, lift: 0.4, bend: 0.4, swings: 0 };

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let poses: PoseEnrolments;
let ada: { readonly id: string };
let faults: unknown[];
let disk: FillingDisk;

beforeEach(async () => {
  disk = new FillingDisk();
  faults = [];
  kiosk = await enrolledState({}, disk.on);
  kiosk.vision.setStatus({ process: 'running', camera: 'running', networks: { body: NETWORK } });
  poses = new PoseEnrolments({ ...kiosk, onFault: (fault) => faults.push(fault) });
  ada = await kiosk.people.add({ name: 'Ada' });
});
afterEach(async () => {
  poses.stop();
  await poses.idle();
  await kiosk.dispose();
});

const draw = seeded(77);
const body = someBody(draw);
const aTake = (gesture = KNOWN_GESTURE, scene = {}, who: Body = body): PoseTake =>
  someTake(who, gesture, draw, { variation: 0.3, ...scene });

interface Shown {
  readonly faces?: Parameters<typeof kiosk.vision.emit>[1];
  readonly session?: number;
}

/** Lets the countdown pass, shows the take frame by frame and lets the time of the take end. */
async function show(take: PoseTake, { faces = [aFace()], session }: Shown = {}): Promise<void> {
  const measured = kiosk.vision.measured?.session;
  kiosk.clock.advance(1000);
  const start = kiosk.clock.mono();
  for (const { at, points } of take.frames) {
    kiosk.clock.advance(start + (at - take.frames[0]!.at) - kiosk.clock.mono());
    const capture = {
      session: session ?? measured ?? 0,
      frames: 1,
      longestRepeat: 1,
      looped: 0,
      longestGapMs: 66,
      clockWentBack: false,
    };
    kiosk.vision.emit(kiosk.clock.mono(), faces, { body: { points }, capture });
  }
  kiosk.clock.advance(start + 4000 - kiosk.clock.mono());
  // Frames on their way are waited for.
  kiosk.clock.advance(1000);
  await poses.idle();
}

/** One take of a set-up under way. */
async function oneTake(id: string, take = aTake(), shown: Shown = {}) {
  poses.take(ada.id, id);
  await show(take, shown);
  return poses.view(ada.id, id);
}

async function setUp(gesture = KNOWN_GESTURE) {
  const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
  let view = poses.view(ada.id, id);
  for (let n = 0; n < 5; n++) view = await oneTake(id, aTake(gesture));
  return view;
}

describe('set-up of a pose signature', () => {
  it('takes five takes of the gesture, and stores consent and template with the last one', async () => {
    const begun = poses.begin(ada.id, CONSENT_OF_PERSON);
    expect(begun).toMatchObject({ phase: 'ready', taken: 0, needed: 5, remainingMs: 0 });
    for (let n = 1; n <= 5; n++) {
      expect(poses.take(ada.id, begun.id)).toMatchObject({ phase: 'taking', taken: n - 1, remainingMs: 5000 });
      expect(kiosk.vision.measured?.wish).toEqual({ passive: false, mesh: false, body: true, colour: false });
      // Nothing is stored before the last one.
      expect(kiosk.templates.of(ada.id)).toEqual([]);
      await show(aTake());
      expect(kiosk.vision.measured).toBeUndefined();
      expect(poses.view(ada.id, begun.id)).toMatchObject({ phase: n === 5 ? 'done' : 'ready', taken: n });
    }
    const [template] = kiosk.templates.of(ada.id);
    expect(template).toMatchObject({ kind: 'pose', pack: 'motion', modelHash: NETWORK, personId: ada.id });
    expect(template!.samples).toHaveLength(5);
    expect(kiosk.people.find(ada.id)?.consent).toMatchObject(CONSENT_OF_PERSON);
    expect(kiosk.templates.unconfirmed()).toEqual([]);
    expect(() => poses.take(ada.id, begun.id)).toThrow(/over/);
    expect(faults).toEqual([]);
  });

  it('stores what recognises the person elsewhere, and no point of the body', async () => {
    await setUp();
    const template = poseTemplateOf(ada.id, NETWORK, kiosk);
    expect(judgePoseTake(aTake(KNOWN_GESTURE, { x: 480, shoulderPx: 90 }), template, [], 'required').state).toBe(
      'passed',
    );
    expect(judgePoseTake(aTake(OTHER_GESTURE), template, [], 'required').state).toBe('failed');
    for (const values of template!.samples) expect(Math.max(...values)).toBeLessThan(4);
    const text = await readFile(join(kiosk.directory, 'templates.json'), 'utf8');
    const plain = Buffer.from(template!.samples[0]!.buffer).toString('base64');
    expect(text).not.toContain(plain.slice(20, 40));
    expect(text).not.toContain('samples');
  });

  it('replaces a former signature', async () => {
    await setUp();
    const [before] = kiosk.templates.of(ada.id);
    await setUp(OTHER_GESTURE);
    const all = kiosk.templates.of(ada.id);
    expect(all).toHaveLength(1);
    expect(all[0]!.id).not.toBe(before!.id);
    expect(judgePoseTake(aTake(OTHER_GESTURE), all[0], [], 'required').state).toBe('passed');
    expect(judgePoseTake(aTake(KNOWN_GESTURE), all[0], [], 'required').state).toBe('failed');
  });

  it('is nothing for another network, without consent, or for an account that is closed', async () => {
    await setUp();
    expect(poseTemplateOf(ada.id, NETWORK, kiosk)).toBeDefined();
    expect(poseTemplateOf(ada.id, OTHER_NETWORK, kiosk)).toBeUndefined();
    expect(poseTemplateOf(ada.id, undefined, kiosk)).toBeUndefined();
    expect(poseTemplateOf('p_000000000000', NETWORK, kiosk)).toBeUndefined();
    await kiosk.people.update(ada.id, { active: false });
    expect(poseTemplateOf(ada.id, NETWORK, kiosk)).toBeUndefined();
    await kiosk.people.update(ada.id, { active: true, consent: null });
    expect(poseTemplateOf(ada.id, NETWORK, kiosk)).toBeUndefined();
  });
});

describe('a take does not count', () => {
  const still = (): PoseTake => {
    const { frames } = aTake();
    return { frames: frames.map(({ at }) => ({ at, points: frames[0]!.points })) };
  };
  const without = (point: number): PoseTake => ({
    frames: aTake().frames.map(({ at, points }) => {
      const copy = points.slice();
      copy[3 * point + 2] = 0.1;
      return { at, points: copy };
    }),
  });
  const reasonFor = async (take: PoseTake, shown: Shown = {}) => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    const { refused, taken, phase } = await oneTake(id, take, shown);
    expect([taken, phase]).toEqual([0, 'ready']);
    return refused;
  };

  it('when nothing moves: nobody enrols a still picture', async () => {
    expect(await reasonFor(still())).toBe('pose_still');
  });

  it('when shoulders, elbows or wrists are not seen, or too seldom', async () => {
    expect(await reasonFor(without(5))).toBe('body_not_seen');
    expect(await reasonFor(without(10))).toBe('body_not_seen');
    expect(await reasonFor(aTake(KNOWN_GESTURE, { framesPerSecond: 4 }))).toBe('too_few_frames');
    expect(await reasonFor({ frames: [] })).toBe('too_few_frames');
    expect(await reasonFor(aTake(), { faces: [] })).toBe('body_not_seen');
  });

  it('when somebody else stands there too; a small face in the background is nobody', async () => {
    expect(await reasonFor(aTake(), { faces: [aFace(), aFace({ who: 2, x: 100, height: 150 })] })).toBe(
      'several_faces',
    );
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    const view = await oneTake(id, aTake(), { faces: [aFace(), aFace({ who: 2, x: 100, height: 60 })] });
    expect(view).toMatchObject({ taken: 1 });
    expect(view).not.toHaveProperty('refused');
  });

  it('when it is another gesture, the same with the other arm, or another body', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    expect(await oneTake(id)).toMatchObject({ taken: 1 });
    const wide: Body = { ...body, upperArm: 1.4, foreArm: 1.2, rest: [0.6, 0.6, 0.6, 0.6] };
    for (const take of [aTake(OTHER_GESTURE), aTake({ ...KNOWN_GESTURE, arm: 'left' }), aTake(KNOWN_GESTURE, {}, wide)])
      expect(await oneTake(id, take)).toMatchObject({ taken: 1, refused: 'pose_mismatch' });
    const next = await oneTake(id);
    expect(next).toMatchObject({ taken: 2 });
    expect(next).not.toHaveProperty('refused');
  });

  it('when it is a take that was shown before, or holds no numbers', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    const take = aTake();
    await oneTake(id, take);
    expect(await oneTake(id, take)).toMatchObject({ taken: 1, refused: 'frames_repeated' });
    const nothing = (fill: number): PoseTake => ({
      frames: take.frames.map(({ at, points }) => ({
        at,
        points: points.map((value, i) => (i % 3 < 2 ? fill : value)),
      })),
    });
    expect(await oneTake(id, nothing(0))).toMatchObject({ taken: 1, refused: 'body_not_seen' });
    expect(await oneTake(id, nothing(Number.NaN))).toMatchObject({ taken: 1, refused: 'body_not_seen' });
  });

  it('when the camera is lost, the vision process begins anew, or somebody else has the camera measure', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, id);
    kiosk.vision.setStatus({ camera: 'lost' });
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'ready', refused: 'camera_lost', taken: 0 });
    expect(poses.take(ada.id, id)).toMatchObject({ phase: 'ready', refused: 'camera_lost' });
    expect(kiosk.vision.measured).toBeUndefined();
    kiosk.vision.setStatus({ camera: 'running' });
    // A run of an attempt takes the camera: its results end the take, and its measuring goes on.
    poses.take(ada.id, id);
    const wish = { passive: true, mesh: true, body: false, colour: false };
    const run = kiosk.vision.measure(wish);
    await show(aTake(), { session: run.session });
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'ready', refused: 'not_measured', taken: 0 });
    expect(kiosk.vision.measured).toEqual({ session: run.session, wish });
    run.stop();
    // Results of a measuring before count for nobody.
    expect(await oneTake(id, aTake(), { session: 1 })).toMatchObject({ refused: 'too_few_frames' });
    expect(await oneTake(id)).toMatchObject({ taken: 1 });
  });

  it('when the network is not there, and begins with nothing where another one came', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    expect(await oneTake(id)).toMatchObject({ taken: 1 });
    kiosk.vision.setStatus({ networks: {} });
    expect(poses.take(ada.id, id)).toMatchObject({ phase: 'ready', refused: 'no_network' });
    expect(() => poses.begin(ada.id, CONSENT_OF_PERSON)).toThrow(expect.objectContaining({ code: 'pack_missing' }));
    kiosk.vision.setStatus({ networks: { body: OTHER_NETWORK } });
    expect(await oneTake(id)).toMatchObject({ taken: 1 });
  });

  it('says what would help while it is under way', () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, id);
    const capture = {
      session: kiosk.vision.measured!.session,
      frames: 1,
      longestRepeat: 1,
      looped: 0,
      longestGapMs: 66,
      clockWentBack: false,
    };
    const points = aTake().frames[0]!.points;
    const hintAfter = (faces: Parameters<typeof kiosk.vision.emit>[1], seen: boolean) => {
      kiosk.vision.emit(kiosk.clock.mono(), faces, { body: { points: seen ? points : points.map(() => 0) }, capture });
      return poses.view(ada.id, id).hint;
    };
    expect(hintAfter([], true)).toBe('no_face');
    expect(hintAfter([aFace(), aFace({ who: 2, x: 100 })], true)).toBe('one_person');
    expect(hintAfter([aFace()], false)).toBe('show_shoulders');
    expect(hintAfter([aFace()], true)).toBeUndefined();
  });
});

describe('a set-up belongs to one person and one moment', () => {
  it('nobody else sees it or takes part; a newer one of anybody ends it', async () => {
    const ben = await kiosk.people.add({ name: 'Ben' });
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    for (const call of [() => poses.view(ben.id, id), () => poses.take(ben.id, id), () => poses.view(ada.id, 'other')])
      expect(call).toThrow(expect.objectContaining({ code: 'input_invalid' }));
    expect([poses.personOf(id), poses.personOf('other')]).toEqual([ada.id, undefined]);
    poses.take(ada.id, id);
    const { session } = kiosk.vision.measured!;
    const next = poses.begin(ben.id, CONSENT_OF_PERSON);
    expect(kiosk.vision.measured!.session).toBeGreaterThan(session);
    expect(() => poses.view(ada.id, id)).toThrow(/over/);
    expect(poses.view(ben.id, next.id)).toMatchObject({ phase: 'ready', taken: 0 });
  });

  it('is refused to people who are not there, closed or have given no consent', async () => {
    const noText = { ...CONSENT_OF_PERSON, textVersion: '' };
    expect(() => poses.begin(ada.id, noText)).toThrow(expect.objectContaining({ code: 'input_invalid' }));
    expect(() => poses.begin('p_000000000000', CONSENT_OF_PERSON)).toThrow(/no active person/);
    await kiosk.people.update(ada.id, { active: false });
    expect(() => poses.begin(ada.id, CONSENT_OF_PERSON)).toThrow(/no active person/);
  });

  it('is forgotten when nobody goes on with it, or it is cancelled', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    await oneTake(id);
    kiosk.clock.advance(POSE_SETUP_EXPIRES_MS - 7000);
    expect(poses.view(ada.id, id)).toMatchObject({ taken: 1 });
    kiosk.clock.advance(7001);
    expect(() => poses.view(ada.id, id)).toThrow(/over/);
    const again = poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, again.id);
    poses.cancel('other');
    expect(kiosk.vision.measured).toBeDefined();
    poses.cancel(again.id);
    expect(kiosk.vision.measured).toBeUndefined();
    kiosk.clock.advance(10_000);
    expect(kiosk.templates.all()).toEqual([]);
  });

  it('has the network loaded before the first take, and measures no longer than for that', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    const { session, wish } = kiosk.vision.measured!;
    expect(wish.body).toBe(true);
    const capture = { session, frames: 1, longestRepeat: 1, looped: 0, longestGapMs: 66, clockWentBack: false };
    kiosk.vision.emit(kiosk.clock.mono(), [aFace()], { capture });
    expect(kiosk.vision.measured?.session).toBe(session);
    const [{ points } = { points: new Float32Array(51) }] = aTake().frames;
    kiosk.vision.emit(kiosk.clock.mono(), [aFace()], { body: { points }, capture });
    expect(kiosk.vision.measured).toBeUndefined();
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'ready', taken: 0 });
    poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.stop();
    expect(kiosk.vision.measured).toBeUndefined();
  });

  it('measures for nobody who went away', () => {
    poses.begin(ada.id, CONSENT_OF_PERSON);
    expect(kiosk.vision.measured).toBeDefined();
    kiosk.clock.advance(60_000);
    expect(kiosk.vision.measured).toBeUndefined();
    poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, poses.begin(ada.id, CONSENT_OF_PERSON).id);
    expect(kiosk.vision.measured).toBeDefined();
  });

  it('the last frames of a take may come late, and a later one ends it', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, id);
    const { session } = kiosk.vision.measured!;
    const capture = { session, frames: 1, longestRepeat: 1, looped: 0, longestGapMs: 66, clockWentBack: false };
    const from = kiosk.clock.mono() + 1000;
    kiosk.clock.advance(5100);
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'taking', remainingMs: 0 });
    const { frames } = aTake();
    for (const { at, points } of frames)
      kiosk.vision.emit(from + at - frames[0]!.at, [aFace()], { body: { points }, capture });
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'taking', taken: 0 });
    kiosk.vision.emit(from + 4000, [aFace()], { capture });
    expect(poses.view(ada.id, id)).toMatchObject({ phase: 'ready', taken: 1 });
  });

  it('two presses are one take', () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    poses.take(ada.id, id);
    const { session } = kiosk.vision.measured!;
    kiosk.clock.advance(700);
    expect(poses.take(ada.id, id)).toMatchObject({ phase: 'taking', remainingMs: 4300 });
    expect(kiosk.vision.measured!.session).toBe(session);
  });
});

describe('the disk and the template', () => {
  it('a full disk stores neither consent nor template; the next take stores both', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    for (let n = 0; n < 4; n++) await oneTake(id);
    disk.writesLeft = 0;
    expect(await oneTake(id)).toMatchObject({ phase: 'ready', taken: 4, refused: 'fault' });
    expect(faults).toMatchObject([{ code: 'storage_full' }]);
    expect([kiosk.people.find(ada.id)?.consent, kiosk.templates.all()]).toEqual([undefined, []]);
    disk.writesLeft = Number.POSITIVE_INFINITY;
    expect(await oneTake(id)).toMatchObject({ phase: 'done', taken: 5 });
    expect(kiosk.templates.of(ada.id)).toHaveLength(1);
  });

  it('somebody who is removed while the last take is stored leaves no template', async () => {
    const { id } = poses.begin(ada.id, CONSENT_OF_PERSON);
    for (let n = 0; n < 4; n++) await oneTake(id);
    poses.take(ada.id, id);
    const storing = show(aTake());
    await removePerson(ada.id, kiosk);
    await storing;
    await poses.idle();
    expect([kiosk.people.find(ada.id), kiosk.templates.of(ada.id)]).toEqual([undefined, []]);
  });

  it('survives a restart, a removal does too, and one that a power cut left unconfirmed is confirmed', async () => {
    await setUp();
    const [before] = kiosk.templates.of(ada.id);
    await kiosk.templates.put({ ...before!, id: '01a00000-0000-7000-8000-00000000abcd' }, { unconfirmed: true });
    await kiosk.store.close();
    const store = kiosk.nextStore();
    await store.open();
    const people = new People({ store, clock: kiosk.clock, random: kiosk.random });
    const keySource = new FileKeySource(join(kiosk.directory, 'template.key'));
    const templates = new Templates({ store, random: new FakeRandom(9), keySource });
    await people.start();
    await templates.start();
    expect(await removeHalfEnrolled({ people, templates })).toEqual([]);
    expect(templates.unconfirmed()).toEqual([]);
    expect(templates.of(ada.id)).toMatchObject([{ kind: 'pose', samples: before!.samples }]);
    await withdrawFace(ada.id, { people, templates });
    expect([templates.of(ada.id), people.find(ada.id)?.consent]).toEqual([[], undefined]);
    await store.close();
  });

  it('a removal that stops between its two writes has removed it; repeated, no copy holds the former key', async () => {
    const bea = await kiosk.enrol(4, 'Bea');
    ada = bea;
    await setUp();
    const [face] = kiosk.templates.of(bea.id);
    const path = join(kiosk.directory, 'templates.json');
    const { keys } = JSON.parse(await readFile(path, 'utf8')).data as { keys: Record<string, { wrapped: string }> };
    const former = keys[bea.id]!.wrapped;
    disk.writesLeft = 1;
    await expect(kiosk.templates.removeKind(bea.id, 'pose')).rejects.toMatchObject({ code: 'storage_full' });
    expect(kiosk.templates.of(bea.id)).toEqual([face]);
    const copies = async () => [await readFile(path, 'utf8'), await readFile(`${path}.prev`, 'utf8')];
    expect((await copies()).map((text) => text.includes(former))).toEqual([false, true]);
    disk.writesLeft = Number.POSITIVE_INFINITY;
    await kiosk.templates.removeKind(bea.id, 'pose');
    expect((await copies()).map((text) => text.includes(former))).toEqual([false, false]);
    expect(kiosk.templates.of(bea.id)).toEqual([face]);
  });

  it('withdrawing the consent, and removing the person, delete it with the rest', async () => {
    const bea = await kiosk.enrol(4, 'Bea');
    ada = bea;
    await setUp();
    expect(kiosk.templates.of(bea.id).map(({ kind }) => kind)).toEqual(['face', 'pose']);
    await withdrawFace(bea.id, kiosk);
    expect(kiosk.templates.of(bea.id)).toEqual([]);
    await setUp();
    await removePerson(bea.id, kiosk);
    expect(kiosk.templates.all()).toEqual([]);
  });
});

describe('a pose signature is no face', () => {
  it('pins no pack, counts as no enrolled face and is no duplicate', async () => {
    await setUp();
    expect(kiosk.templates.pinnedPack()).toBeUndefined();
    expect(kiosk.templates.hasFaces()).toBe(false);
    expect(kiosk.enrolments.hasFace(ada.id)).toBe(false);
    // Another pack than one that would be pinned: pictures are taken all the same.
    kiosk.vision.setStatus({ pack: { id: 'core', hash: `sha256:${'cd'.repeat(32)}`, dim: 32 } });
    const { id } = kiosk.enrolments.begin({ name: 'Ben', consent: CONSENT });
    for (const which of [1, 2, 3]) {
      kiosk.vision.stills.set(`b${which}`, [aFace({ who: 2, which })]);
      expect(await kiosk.enrolments.addPhoto(id, Buffer.from(`b${which}`))).toMatchObject({ accepted: true });
    }
    expect((await kiosk.enrolments.commit(id, { duplicates: 'refuse' })).similar).toEqual([]);
    expect(kiosk.templates.pinnedPack()?.id).toBe('core');
  });

  it('a face set up anew keeps it, and it keeps the face', async () => {
    const bea = await kiosk.enrol(4, 'Bea');
    ada = bea;
    await setUp();
    const pose = kiosk.templates.of(bea.id).find(({ kind }) => kind === 'pose');
    const { id } = kiosk.enrolments.beginFor(bea.id, CONSENT);
    for (const which of [1, 2, 3]) {
      kiosk.vision.stills.set(`f${which}`, [aFace({ who: 4, which })]);
      await kiosk.enrolments.addPhoto(id, Buffer.from(`f${which}`));
    }
    await kiosk.enrolments.commit(id, { duplicates: 'refuse' });
    expect(kiosk.templates.of(bea.id).find(({ kind }) => kind === 'pose')).toEqual(pose);
    expect(kiosk.enrolments.hasFace(bea.id)).toBe(true);
  });
});
