import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Language } from '../../src/http/contract.js';
import { TABLES } from '../../src/ui/strings/language.js';
import { clipsPresent } from '../support/clips.js';
import { Daemon, pullEveryPack, vestibule } from '../support/daemon.js';
import { freePort } from '../support/mosquitto.js';
import { actScenes, LIVING_ACTS, REPLAYED_ACTS } from '../support/recorded-acts.js';
import { SceneCamera } from '../support/scene-camera.js';
import { Visitor } from '../support/visitor.js';

const s = TABLES.en;
const PASSWORD = 'seven green herons';
const ACTIONS = ['turn_left', 'turn_right', 'look_up', 'look_down'] as const;
/** From the prompt on the screen until a person begins to move, ms. */
const REACTION_MS = 400;

interface Done {
  readonly asked: readonly string[];
  readonly seconds: number;
}

interface ExplainedFactor {
  readonly kind: string;
  readonly outcome: string;
  readonly evidence: { readonly gates: readonly { readonly gate: string; readonly state: string }[] };
}

function gates({ evidence }: ExplainedFactor): Record<string, string> {
  return Object.fromEntries(evidence.gates.map(({ gate, state }) => [gate, state]));
}

describe.skipIf(!clipsPresent())('the whole challenge before the camera', { timeout: 100_000 }, () => {
  let folder: string;
  let url: string;
  let configFile: string;
  let camera: SceneCamera;
  let daemon: Daemon;
  let visitor: Visitor;
  /** Each step stands on the one before. */
  let failed = false;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-challenge-'));
    const shots = mkdtempSync(join(tmpdir(), 'vestibule-challenge-shots-'));
    console.log(`Screenshots of the challenge: ${shots}`);
    const state = join(folder, 'state');
    mkdirSync(state);
    camera = new SceneCamera([], {
      ...actScenes('living', LIVING_ACTS),
      ...actScenes('replayed', REPLAYED_ACTS),
    });
    await camera.start();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    configFile = join(folder, 'vestibule.yaml');
    writeFileSync(
      configFile,
      [
        `stateDirectory: ${state}`,
        `camera: { source: "${camera.url}" }`,
        'mqtt: { enabled: false }',
        `http: { port: ${port} }`,
        'registration: { open: true }',
        `liveness: { camera: demo, actions: [${ACTIONS.join(', ')}] }`,
        'policy:',
        '  attend: [[pin]]',
        '  login: [[password, face+liveness], [password, pose], [password, otp]]',
      ].join('\n'),
    );
    await pullEveryPack(state);
    daemon = new Daemon(configFile);
    await daemon.start(url);
    visitor = await Visitor.arrive(url, { folder: shots });
  }, 90_000);

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failed = true;
    await visitor?.shot('failed');
    console.log(await vestibule(['liveness', 'explain', 'last', '--config', configFile]).catch(String));
    console.log(daemon?.output);
  });

  afterAll(async () => {
    await visitor?.leave();
    await daemon?.end('SIGTERM');
    await camera?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(({ skip }) => skip(failed, 'the step before it failed'));

  it('registers a person with a face', async () => {
    const s = TABLES.en;
    camera.show('living');
    await visitor.press(s.login.entry.signIn);
    await visitor.press(s.login.entry.register, false);
    await visitor.field(s.enrol.name).fill('Tara Turn');
    await visitor.field(s.login.userName).fill('tara');
    await visitor.field(s.account.newPassword).fill(PASSWORD);
    await visitor.next();
    await visitor.setUp('face');
    await visitor.page.getByLabel(s.enrol.agree).check();
    await visitor.press(s.enrol.next);
    await visitor.sees(s.account.register.complete, 30_000);
    await visitor.press(s.enrol.finish);
    await visitor.page.getByRole('dialog').getByRole('button', { name: s.login.entry.signIn }).click();
    await visitor.press(s.login.cancel);
    camera.show();
  });

  it('lets her in by face and liveness, who does what she is asked', async () => {
    await toTheChallenge('en', 'living');
    const { asked, seconds } = await passes('living', 'en');
    const words = await vestibule(['liveness', 'explain', 'last', '--config', configFile]);
    console.log(`Level full, ${asked.join(', ')}: ${seconds.toFixed(1)} s.\n${words}`);
    expect(words).toMatch(/login: granted/);
    const liveness = (await explained()).find(({ kind }) => kind === 'liveness')!;
    expect(liveness).toMatchObject({ outcome: 'passed', evidence: { level: 'full', reason: 'ok' } });
    expect(gates(liveness)).toEqual({ capture: 'passed', passive: 'passed', active: 'passed', binding: 'passed' });
    await visitor.press(s.account.own.signOut);
  });

  it('lets her in by movement alone', async () => {
    await toTheChallenge('de', 'living', ['password', 'pose']);
    const { asked, seconds } = await passes('living', 'de');
    console.log(`Pose, ${asked.join(', ')}: ${seconds.toFixed(1)} s.`);
    const pose = (await explained()).find(({ kind }) => kind === 'pose')!;
    expect(pose).toMatchObject({ outcome: 'passed' });
    expect(gates(pose)).toEqual({ capture: 'passed', active: 'passed', binding: 'passed' });
    await visitor.press(TABLES.de.account.own.signOut);
  });

  it('refuses a recording of her that does what is asked, where liveness is asked for', async () => {
    await toTheChallenge('fr', 'replayed');
    // He waits with the first movement: by then the texture was looked at for long enough.
    const { asked } = await does('replayed', 'fr', 1200);
    await visitor.sees(TABLES.fr.liveness.reasons.looks_like_picture);
    await bothWays('fr-4-refused');
    expect(await visitor.button(TABLES.fr.account.own.signOut).count()).toBe(0);
    console.log(`The recording at level full, ${asked.join(', ') || 'nothing asked'}: refused.`);
    await visitor.press(TABLES.fr.login.cancel);
    await visitor.button(TABLES.fr.login.entry.signIn).waitFor();
    const liveness = (await explained()).find(({ kind }) => kind === 'liveness')!;
    expect(liveness).toMatchObject({ outcome: 'failed', evidence: { reason: 'looks_like_picture' } });
  });

  it('does not look at what the same recording is made of, where movement alone is asked for', async () => {
    await toTheChallenge('fr', 'replayed', ['password', 'pose']);
    const { asked, seconds } = await does('replayed', 'fr');
    const outcome = visitor.button(TABLES.fr.account.own.signOut).or(visitor.button(TABLES.fr.login.again));
    await outcome.waitFor();
    await bothWays('fr-5-movement-alone');
    const isIn = (await visitor.button(TABLES.fr.account.own.signOut).count()) > 0;
    if (!isIn) await visitor.press(TABLES.fr.login.cancel);
    const pose = (await explained()).find(({ kind }) => kind === 'pose')!;
    console.log(`The recording by movement alone, ${asked.join(', ')}, ${seconds.toFixed(1)} s: ${pose.outcome}.`);
    expect(pose.outcome === 'passed').toBe(isIn);
    // Nothing of it looks at the texture: what movement alone takes depends on the draw and the moment.
    expect(pose.evidence.gates.map(({ gate }) => gate)).toEqual(['capture', 'active', 'binding']);
  });

  /** Says who she is and takes the way with these factors. */
  async function toTheChallenge(language: Language, who: string, way?: readonly ['password', 'pose']): Promise<void> {
    const t = TABLES[language];
    // Nobody is known by the face before the name is said.
    camera.show();
    await visitor.press(t.language);
    await visitor.press(t.login.entry.signIn);
    await visitor.field(t.login.userName).fill('tara');
    await visitor.next(t.login.next);
    camera.show(who);
    if (way !== undefined) {
      await visitor.press(t.login.other);
      await visitor.press(way.map((kind) => t.login.factors[kind]).join(', '));
    }
    await visitor.field(t.login.password).fill(PASSWORD);
    await visitor.next(t.login.next);
    await visitor.button(t.liveness.start).waitFor();
    await bothWays(`${language}-1-before`);
    await visitor.press(t.liveness.start);
  }

  /**
   * Does what the page asks for and gets in. On a machine that has other work frames are missing and the time runs out:
   * then another try, as anybody would.
   */
  async function passes(who: string, language: Language): Promise<Done> {
    const t = TABLES[language];
    const [signedIn, again] = [visitor.button(t.account.own.signOut), visitor.button(t.login.again)];
    for (let left = 2; ; left--) {
      const done = await does(who, language);
      await signedIn.or(again).waitFor();
      if ((await signedIn.count()) > 0) return done;
      console.log(`Not this time: ${await visitor.page.locator('.challenge').textContent()}`);
      if (left === 0) throw new Error('three tries, and none passed');
      await again.click();
    }
  }

  /** Does what the page asks for, until it asks no more. */
  async function does(who: string, language: Language, reactionMs = REACTION_MS): Promise<Done> {
    const title = visitor.page.locator('h2.asked');
    await title.waitFor();
    const began = performance.now();
    const asked: string[] = [];
    while ((await title.count()) > 0) {
      const text = (await title.textContent({ timeout: 1000 }).catch(() => '')) ?? '';
      const action = ACTIONS.find((one) => text.endsWith(TABLES[language].liveness.actions[one]));
      if (action === undefined || asked.includes(action)) {
        await sleep(50);
        continue;
      }
      asked.push(action);
      const reacted = sleep(reactionMs);
      if (asked.length === 1) await bothWays(`${language}-2-asked`);
      await reacted;
      camera.act(`${who} ${action}`);
      if (asked.length === 2) await bothWays(`${language}-3-moving`);
    }
    return { asked, seconds: (performance.now() - began) / 1000 };
  }

  /** Pictures of the page in both orientations. */
  async function bothWays(name: string): Promise<void> {
    await visitor.page.setViewportSize({ width: 480, height: 800 });
    await visitor.shot(`${name}-480x800`);
    await visitor.page.setViewportSize({ width: 800, height: 480 });
    await visitor.shot(`${name}-800x480`);
  }

  async function explained(): Promise<readonly ExplainedFactor[]> {
    return JSON.parse(await vestibule(['liveness', 'explain', 'last', '--json', '--config', configFile])).factors;
  }
});
