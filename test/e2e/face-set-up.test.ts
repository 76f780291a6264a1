import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { CLIP_PEOPLE, clipsPresent } from '../support/clips.js';
import { Daemon, vestibule } from '../support/daemon.js';
import { freePort } from '../support/mosquitto.js';
import { SceneCamera } from '../support/scene-camera.js';
import { Visitor } from '../support/visitor.js';

const s = TABLES.en;
const onClips = clipsPresent();
if (!onClips) console.log('The recorded clips are not there: nobody can set up a face before the camera.');

/** Share of the pixels in the colour of a neutral or good box; the recorded people and their walls have none of it. */
const BOX_SHARE = 0.001;

/** What a page keeps of the pictures that it sent. */
declare global {
  interface Window {
    sentPictures: Blob[];
    boxShare(picture: ImageBitmapSource): Promise<number>;
  }
}

/** Runs in the page before its own code: keeps the pictures that go to the kiosk, and counts pixels. */
function keepPictures(): void {
  window.sentPictures = [];
  const plain = window.fetch.bind(window);
  window.fetch = (input, init) => {
    if (String(input).endsWith('/photos') && init?.body instanceof Blob) window.sentPictures.push(init.body);
    return plain(input, init);
  };
  window.boxShare = async (source) => {
    const picture = await createImageBitmap(source);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    if (context === null) return Number.NaN;
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r = 0, g = 0, b = 0] = data.subarray(i, i + 3);
      if (g - r > 45 && (b - r > 45 || g - b > 45)) coloured += 1;
    }
    return coloured / (picture.width * picture.height);
  };
}

describe.skipIf(!onClips)('the own face, set up at the kiosk itself', { timeout: 90_000 }, () => {
  let folder: string;
  let camera: SceneCamera;
  let daemon: Daemon;
  let visitor: Visitor;
  const [tall] = CLIP_PEOPLE.map(({ name }) => name) as [string];
  /** Share of box colour in what the live view shows now. */
  const shown = () =>
    visitor.page.evaluate(() => {
      const live = document.querySelector<HTMLImageElement>('.live img');
      return live === null || live.naturalWidth === 0 ? 0 : window.boxShare(live);
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-face-'));
    const state = join(folder, 'state');
    mkdirSync(state);
    camera = new SceneCamera(CLIP_PEOPLE);
    await camera.start();
    const url = `http://127.0.0.1:${await freePort()}`;
    const configFile = join(folder, 'vestibule.yaml');
    writeFileSync(
      configFile,
      [
        'site: { id: hq, name: Head office }',
        'kiosk: { id: lobby-1, name: Lobby }',
        'zone: Europe/Berlin',
        `stateDirectory: ${state}`,
        `camera: { source: "${camera.url}" }`,
        'attendance: { direction: alternate }',
        'mqtt: { enabled: false }',
        `http: { port: ${new URL(url).port} }`,
        'registration: { open: true, face: required }',
        'otp: { channels: [totp] }',
      ].join('\n'),
    );
    await vestibule(['models', 'pull', 'core', '--state', state]);
    await vestibule(['models', 'pull', 'open', '--state', state], { VESTIBULE_MODELS_MIRROR: '../shared/models' });
    daemon = new Daemon(configFile);
    await daemon.start(url);
    visitor = await Visitor.arrive(url, { folder });
    await visitor.page.addInitScript(keepPictures);
    await visitor.page.reload();
  }, 60_000);

  afterAll(async () => {
    await visitor?.leave();
    await daemon?.end('SIGTERM');
    await camera?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken from the live view without the boxes that are drawn over it, and recognised afterwards', async () => {
    await visitor.sees(s.idle.hint, 20_000);
    camera.show(tall);
    // Whoever stands there sees a box around his face …
    await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(BOX_SHARE);

    await visitor.press(s.login.entry.signIn);
    await visitor.press(s.login.entry.register, false);
    await visitor.field(s.enrol.name).fill('Wanda Tall');
    await visitor.field(s.login.userName).fill('wanda');
    await visitor.field(s.account.newPassword).fill('seven green herons');
    await visitor.touchOk();
    await visitor.setUp('face');
    await visitor.page.getByLabel(s.enrol.agree).check();
    await visitor.press(s.enrol.next);
    await visitor.sees(/Picture 3 of 3/, 30_000);
    await visitor.sees(s.account.register.setupTitle, 30_000);
    expect(await visitor.page.getByRole('listitem').filter({ hasText: s.account.parts.face }).textContent()).toContain(
      s.account.isSet,
    );
    // … and none of it is in the pictures that his face was measured in.
    const shares = await visitor.page.evaluate(() => Promise.all(window.sentPictures.map(window.boxShare)));
    expect(shares.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...shares)).toBeLessThan(BOX_SHARE);

    await visitor.press(s.enrol.finish);
    await visitor.sees(s.account.register.doneText);
    camera.show();
    await visitor.page.getByRole('dialog').getByRole('button', { name: s.login.entry.signIn }).click();
    await visitor.press(s.login.cancel);
    await expect.poll(shown, { timeout: 20_000 }).toBeLessThan(BOX_SHARE);
    // Away for longer than somebody who only steps aside.
    await visitor.page.waitForTimeout(3500);
    camera.show(tall);
    await visitor.sees(/^Checked in at/, 20_000);
    expect(visitor.faults).toEqual([]);
  });
});
