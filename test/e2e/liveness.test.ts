import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { ApiClient } from '../support/api-client.js';
import { CLIP_PEOPLE, clipFile, clipsPresent, writeEnrolmentPictures } from '../support/clips.js';
import { Daemon, pullEveryPack, until, vestibule } from '../support/daemon.js';
import { freePort, MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { HELD, movingPhoto, PANNED, PHOTOGRAPH } from '../support/moving-photo.js';
import { SceneCamera } from '../support/scene-camera.js';
import { Visitor } from '../support/visitor.js';

const s = TABLES.en;
const onClips = clipsPresent();
if (!onClips) console.log('The recorded clips are not there: nobody living and no replay can be shown to the camera.');

/** A prompt of the challenge. */
const ASKED = new RegExp(Object.values(s.liveness.actions).join('|'));
const PASSWORD = 'seven green herons';

interface Seen {
  readonly topic: string;
  readonly text: string;
  readonly payload: Record<string, unknown> & { readonly event_type?: string };
}

describe.skipIf(!MOSQUITTO_INSTALLED || !onClips)('liveness before the camera', { timeout: 90_000 }, () => {
  let folder: string;
  let state: string;
  let url: string;
  let configFile: string;
  let broker: Mosquitto;
  let subscriber: MqttClient;
  let camera: SceneCamera;
  let daemon: Daemon;
  let visitor: Visitor;
  /** Each step stands on the one before. */
  let failed = false;
  const seen: Seen[] = [];
  const living = CLIP_PEOPLE[0]!.name;
  const of = (kind: string) => seen.filter(({ topic }) => topic.endsWith(`/event/${kind}`)).map((one) => one.payload);
  /** Factors of the newest decision, as an administrator sees them. */
  const explained = async (): Promise<readonly Record<string, unknown>[]> => {
    const decision = JSON.parse(await vestibule(['liveness', 'explain', 'last', '--json', '--config', configFile]));
    return decision.factors;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-liveness-'));
    const shots = mkdtempSync(join(tmpdir(), 'vestibule-liveness-shots-'));
    console.log(`Screenshots of liveness: ${shots}`);
    state = join(folder, 'state');
    mkdirSync(state);
    camera = new SceneCamera(CLIP_PEOPLE, {
      // The first person again, played on a screen.
      replay: { input: ['-ss', '0.5', '-t', '4', '-i', clipFile('wolf_1.mp4')] },
      held: movingPhoto(PHOTOGRAPH, HELD, 8),
      panned: movingPhoto(PHOTOGRAPH, PANNED, 8),
    });
    await camera.start();
    broker = await startMosquitto();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    configFile = join(folder, 'vestibule.yaml');
    writeFileSync(
      configFile,
      [
        'site: { id: hq, name: Head office }',
        'kiosk: { id: lobby-1, name: Lobby }',
        'zone: Europe/Berlin',
        `stateDirectory: ${state}`,
        `camera: { source: "${camera.url}" }`,
        'attendance: { direction: alternate, duplicateIntervalSeconds: 0 }',
        `mqtt: { url: "${broker.url}" }`,
        `http: { port: ${port} }`,
        'registration: { open: true, face: off }',
        'liveness: { camera: demo, actions: [turn_left, turn_right, look_up] }',
        'policy:',
        '  attend: [[face, liveness], [pin]]',
        '  login: [[password, pose], [password, otp]]',
      ].join('\n'),
    );
    await pullEveryPack(state);
    await vestibule(['enrol', writeEnrolmentPictures(folder, CLIP_PEOPLE), '--config', configFile]);
    subscriber = await connectAsync(broker.url, { clientId: 'watcher', protocolVersion: 5 });
    subscriber.on('message', (topic, payload) => {
      const text = payload.toString('utf8');
      seen.push({ topic, text, payload: JSON.parse(text) as Seen['payload'] });
    });
    await subscriber.subscribeAsync('vestibule/v1/hq/lobby-1/event/#', { qos: 1 });
    daemon = new Daemon(configFile);
    await daemon.start(url);
    visitor = await Visitor.arrive(url, { folder: shots });
  }, 90_000);

  beforeEach(({ skip }) => skip(failed, 'the step before it failed'));

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failed = true;
    await visitor?.shot('failed');
    console.log(daemon?.output);
  });

  afterAll(async () => {
    await visitor?.leave();
    await daemon?.end('SIGTERM');
    await subscriber?.endAsync(true).catch(() => {});
    await broker?.close();
    await camera?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('records the punch of a living person who does nothing but look at the camera', async () => {
    await visitor.sees(s.idle.hint, 30_000);
    camera.show(living);
    await until(() => of('attendance').length > 0, 20_000, 'a punch of the living person');
    await visitor.shot('01-passed');
    camera.show();
    expect(await explained()).toMatchObject([
      { kind: 'face', outcome: 'passed' },
      { kind: 'liveness', outcome: 'passed', evidence: { level: 'passive', camera: { demo: true } } },
    ]);
    await visitor.sheetLeaves();
    await visitor.sees(s.idle.hint, 30_000);
  });

  it('refuses the same person played on a screen, whom it recognises all the same, and says so', async () => {
    const before = of('attendance').length;
    camera.show('replay');
    await visitor.sees(s.liveness.reasons.looks_like_picture, 30_000);
    await visitor.shot('02-replay-refused');
    camera.show();
    expect(of('attendance')).toHaveLength(before);
    await visitor.press(s.login.cancel);
    await visitor.sees(s.idle.hint, 30_000);
  });

  it('refuses a photograph that is panned by hand: a flat picture', async () => {
    const registered = await new ApiClient({ url }).post('/api/v1/registrations', {
      name: 'Nora Flat',
      userName: 'nora',
      password: PASSWORD,
      language: 'en',
    });
    expect(registered.status).toBe(201);
    await signIn();
    await visitor.shot('03-before-the-challenge');
    camera.show('held');
    await visitor.press(s.liveness.start);
    await visitor.page.getByText(ASKED).first().waitFor({ timeout: 20_000 });
    camera.show('panned');
    await visitor.shot('04-asked');
    await visitor.sees(s.liveness.reasons.flat_picture, 20_000);
    await visitor.shot('05-flat-picture');
    await visitor.press(s.login.cancel);
    camera.show();
    await until(async () => (await explained()).some(({ kind }) => kind === 'pose'), 5000, 'the decision');
    const pose = (await explained()).find(({ kind }) => kind === 'pose');
    expect(pose).toMatchObject({ outcome: 'failed', evidence: { reason: 'flat_picture' } });
  });

  it('publishes what was refused without any record of the body', () => {
    const denied = of('access').filter(({ event_type }) => event_type === 'denied');
    expect(denied.length).toBeGreaterThan(0);
    for (const { text } of seen) expect(text).not.toMatch(/evidence|gates|measures|landmark/);
  });

  /** Nora, to the challenge: she has a password and nothing else but how she moves. */
  async function signIn(): Promise<void> {
    await visitor.press(s.login.entry.signIn);
    await visitor.givePassword('nora', PASSWORD);
    await visitor.button(s.liveness.start).waitFor();
  }
});

describe.skipIf(!MOSQUITTO_INSTALLED || !onClips)('liveness with the demo camera', { timeout: 60_000 }, () => {
  it('is refused honestly: recorded pictures are no living person', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vestibule-liveness-demo-'));
    const state = join(folder, 'state');
    mkdirSync(state);
    const port = await freePort();
    const configFile = join(folder, 'vestibule.yaml');
    writeFileSync(
      configFile,
      [
        `stateDirectory: ${state}`,
        'camera: { source: demo }',
        'mqtt: { enabled: false }',
        `http: { port: ${port} }`,
        'policy: { attend: [[face, liveness], [pin]] }',
      ].join('\n'),
    );
    await pullEveryPack(state);
    const daemon = new Daemon(configFile);
    const url = `http://127.0.0.1:${port}`;
    await daemon.start(url);
    const visitor = await Visitor.arrive(url, { folder: join(folder, 'shots') });
    try {
      await visitor.sees(s.liveness.reasons.camera_not_allowed, 45_000);
    } catch (fault) {
      console.log(daemon.output);
      throw fault;
    } finally {
      await visitor.leave();
      await daemon.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
