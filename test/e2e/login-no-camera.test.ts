import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { Daemon, until, vestibule } from '../support/daemon.js';
import { freePort, MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { type Authenticator, Visitor } from '../support/visitor.js';

const s = TABLES.en;
const PASSWORD = 'seven green herons';
const PIN = '480217';
const BADGE = '04A2B3C4D5';

interface Punch {
  readonly event_type: string;
  readonly person: { readonly id: string };
  readonly factors: readonly { readonly kind: string; readonly outcome: string }[];
}

describe.skipIf(!MOSQUITTO_INSTALLED)('the kiosk with its camera unplugged', { timeout: 60_000 }, () => {
  let folder: string;
  let url: string;
  let broker: Mosquitto;
  let subscriber: MqttClient;
  let daemon: Daemon;
  let visitor: Visitor;
  let app: Authenticator;
  /** Each step stands on the one before. */
  let failed = false;
  const punches: Punch[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-no-camera-'));
    const shots = mkdtempSync(join(tmpdir(), 'vestibule-no-camera-shots-'));
    console.log(`Screenshots of the kiosk without a camera: ${shots}`);
    const state = join(folder, 'state');
    mkdirSync(state);
    broker = await startMosquitto();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const configFile = join(folder, 'vestibule.yaml');
    // The policy as it is by default.
    writeFileSync(
      configFile,
      [
        'site: { id: hq, name: Head office }',
        'kiosk: { id: lobby-1, name: Lobby }',
        'zone: Europe/Berlin',
        `stateDirectory: ${state}`,
        'camera: { source: none }',
        'attendance: { direction: alternate, duplicateIntervalSeconds: 0 }',
        `mqtt: { url: "${broker.url}" }`,
        `http: { port: ${port} }`,
        'registration: { open: true }',
      ].join('\n'),
    );
    await vestibule(['models', 'pull', 'core', '--state', state]);
    subscriber = await connectAsync(broker.url, { clientId: 'watcher', protocolVersion: 5 });
    subscriber.on('message', (_, payload) => punches.push(JSON.parse(payload.toString('utf8')) as Punch));
    await subscriber.subscribeAsync('vestibule/v1/hq/lobby-1/event/attendance', { qos: 1 });
    daemon = new Daemon(configFile);
    await daemon.start(url);
    visitor = await Visitor.arrive(url, { folder: shots });
  }, 60_000);

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
    rmSync(folder, { recursive: true, force: true });
  });

  it('registers somebody with password, PIN and authenticator', async () => {
    await visitor.sees(s.signs.cameraNone, 30_000);
    await visitor.shot('01-idle');
    await visitor.press(s.login.entry.signIn);
    await visitor.field(s.login.userName).waitFor();
    await visitor.shot('02-log-in');
    await visitor.press(s.login.entry.register, false);
    await visitor.field(s.enrol.name).fill('Wanda Tall');
    await visitor.field(s.login.userName).fill('wanda');
    await visitor.field(s.account.newPassword).fill(PASSWORD);
    await visitor.touchOk();
    await visitor.sees(s.account.register.incomplete);
    app = await visitor.setUpAuthenticator('03-authenticator');
    await visitor.sees(s.account.register.complete);
    await visitor.setUp('pin');
    await visitor.touch(PIN);
    await visitor.touchOk();
    await visitor.sees(s.account.register.setupTitle);
    await visitor.shot('04-complete');
    await visitor.press(s.enrol.finish);
    await visitor.page.getByRole('dialog').getByRole('button', { name: s.login.entry.signIn }).click();
  });

  it('logs in by password and authenticator', async () => {
    await visitor.givePassword('wanda', PASSWORD);
    await visitor.field(s.login.otp.sent.totp).waitFor();
    await visitor.touch(app.code());
    await visitor.shot('10-code');
    await visitor.touchOk();
    await visitor.sees(s.account.own.nothing);
    await visitor.page.getByRole('tab', { name: s.account.own.tabs.factors }).click();
    await visitor.page.locator('li', { hasText: s.account.badgeAdd }).getByRole('button').click();
    await visitor.field(s.login.badgeNumber).waitFor();
    await visitor.holdBadge(BADGE);
    await visitor.field(s.account.badgeLabel).fill('blue card');
    await visitor.touchOk();
    await visitor.sees('blue card');
    await visitor.press(s.account.own.signOut);
  });

  it('takes punches by PIN and by badge, as the same event that a face makes', async () => {
    await visitor.press(s.login.entry.punch);
    await visitor.shot('20-punch');
    await visitor.field(s.login.userName).fill('wanda');
    await visitor.touchOk();
    // Not the badge, which comes first in the policy: it would have been held to the reader.
    await visitor.field(s.login.pin).waitFor();
    await visitor.touch(PIN);
    await visitor.shot('21-pin');
    await visitor.touchOk();
    await visitor.sees(/^Checked in at/);
    await visitor.shot('22-checked-in-by-pin');
    await visitor.sheetLeaves();
    await visitor.holdBadge(BADGE);
    await visitor.field(s.login.pin).waitFor();
    await visitor.touch(PIN);
    await visitor.shot('23-badge-and-pin');
    await visitor.touchOk();
    await visitor.sees(/^Checked out at/);
    await until(() => punches.length === 2, 5000, 'two punches at the broker');
    expect(
      punches.map(({ event_type, factors }) => [event_type, factors.map(({ kind, outcome }) => [kind, outcome])]),
    ).toEqual([
      ['check_in', [['pin', 'passed']]],
      [
        'check_out',
        [
          ['badge', 'passed'],
          ['pin', 'passed'],
        ],
      ],
    ]);
    expect(new Set(punches.map(({ person }) => person.id)).size).toBe(1);
    expect(visitor.faults).toEqual([]);
  });
});
