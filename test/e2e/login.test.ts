import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { STAFF_TABLES } from '../../src/ui/strings/staff.js';
import { CLIP_PEOPLE, clipsPresent } from '../support/clips.js';
import { Daemon, until, vestibule } from '../support/daemon.js';
import { freePort, MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { SceneCamera } from '../support/scene-camera.js';
import { ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, TwilioDouble } from '../support/twilio-double.js';
import { type Authenticator, Visitor } from '../support/visitor.js';

const s = TABLES.en;
const w = STAFF_TABLES.en;
const onClips = clipsPresent();
if (!onClips)
  console.log('The recorded clips are not there: nobody can stand before the camera of the login terminal.');

const PHONE = '+4915123456789';
const PASSWORD = 'seven green herons';
const BADGE = '04A2B3C4D5';
const PIN = '480217';
const ADMIN_PASSWORD = 'nine copper lanterns';
/** A name of the kiosk for other browsers. */
const LAN_NAME = 'kiosk.test';

interface Seen {
  readonly topic: string;
  readonly payload: Record<string, unknown> & {
    readonly event_type: string;
    readonly factors?: readonly { readonly kind: string; readonly outcome: string }[];
  };
}

describe.skipIf(!MOSQUITTO_INSTALLED || !onClips)('the login terminal', { timeout: 90_000 }, () => {
  let folder: string;
  let state: string;
  let shots: string;
  let url: string;
  let lanUrl: string;
  let configFile: string;
  let broker: Mosquitto;
  let subscriber: MqttClient;
  let camera: SceneCamera;
  let twilio: TwilioDouble;
  let daemon: Daemon;
  let visitor: Visitor;
  let app: Authenticator;
  let adminApp: Authenticator;
  let admin: Visitor;
  /** Each step stands on the one before. */
  let failed = false;
  const seen: Seen[] = [];
  const [tall, other] = CLIP_PEOPLE.map(({ name }) => name) as [string, string];
  const of = (kind: string) => seen.filter(({ topic }) => topic.endsWith(`/event/${kind}`)).map((one) => one.payload);
  const granted = () => of('access').filter(({ event_type }) => event_type === 'granted');
  const verifications = () => twilio.requests.filter(({ path }) => path.endsWith('/Verifications')).length;
  const kinds = (payload: Seen['payload'] | undefined) => payload?.factors?.map(({ kind }) => kind);
  /** The code that the double sent last. */
  const sms = async (): Promise<string> => {
    await until(() => twilio.codeOf(PHONE) !== undefined, 5000, 'a code by SMS');
    return twilio.codeOf(PHONE) ?? '';
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-login-'));
    shots = mkdtempSync(join(tmpdir(), 'vestibule-login-shots-'));
    console.log(`Screenshots of the login terminal: ${shots}`);
    state = join(folder, 'state');
    mkdirSync(state);
    camera = new SceneCamera(CLIP_PEOPLE);
    await camera.start();
    twilio = new TwilioDouble();
    await twilio.start();
    broker = await startMosquitto();
    const [port, lanPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    lanUrl = `https://${LAN_NAME}:${lanPort}`;
    const token = join(folder, 'twilio-auth-token');
    writeFileSync(token, AUTH_TOKEN, { mode: 0o600 });
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
        `lan: { enabled: true, host: 127.0.0.1, port: ${lanPort}, names: [${LAN_NAME}] }`,
        'registration: { open: true, remote: true }',
        'policy:',
        '  attend: [[face], [badge], [pin]]',
        '  login: [[password+face, otp], [password, otp]]',
        'otp: { channels: [twilio-verify-sms, totp, recovery], countries: ["+49"] }',
        `twilio: { accountSid: ${ACCOUNT_SID}, verifyServiceSid: ${SERVICE_SID}, baseUrl: "${twilio.url}", authTokenFile: "${token}" }`,
      ].join('\n'),
    );
    await vestibule(['models', 'pull', 'core', '--state', state]);
    await vestibule(['models', 'pull', 'open', '--state', state], { VESTIBULE_MODELS_MIRROR: '../shared/models' });
    subscriber = await connectAsync(broker.url, { clientId: 'watcher', protocolVersion: 5 });
    subscriber.on('message', (topic, payload) =>
      seen.push({ topic, payload: JSON.parse(payload.toString('utf8')) as Seen['payload'] }),
    );
    await subscriber.subscribeAsync('vestibule/v1/hq/lobby-1/event/#', { qos: 1 });
    daemon = new Daemon(configFile);
    await daemon.start(url);
    visitor = await Visitor.arrive(url, { folder: shots });
  }, 60_000);

  beforeEach(({ skip }) => skip(failed, 'the step before it failed'));

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failed = true;
    await visitor?.shot('failed-kiosk');
    await admin?.shot('failed-lan');
    console.log(daemon?.output);
  });

  afterAll(async () => {
    await visitor?.leave();
    await admin?.leave();
    await daemon?.end('SIGTERM');
    await subscriber?.endAsync(true).catch(() => {});
    await broker?.close();
    await twilio?.stop();
    await camera?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('registers a newcomer: phone number, face from the live picture, PIN, authenticator', async () => {
    await visitor.sees(s.idle.hint, 30_000);
    await visitor.shot('01-idle');
    camera.show(tall);
    await visitor.press(s.login.entry.signIn);
    await visitor.field(s.login.userName).waitFor();
    await visitor.shot('02-log-in');
    await visitor.press(s.login.entry.register, false);
    await visitor.field(s.enrol.name).fill('Wanda Tall');
    await visitor.field(s.login.userName).click();
    await visitor.touch('wanda');
    await visitor.shot('03-register');
    await visitor.field(s.account.newPassword).click();
    await visitor.touch(PASSWORD);
    await visitor.shot('04-register-password');
    await visitor.touchOk();

    await visitor.sees(s.account.register.setupTitle);
    await visitor.sees(s.account.register.incomplete);
    await visitor.shot('05-set-up');
    await visitor.setUp('phone');
    await visitor.field(s.account.phone).fill('0151 23456789');
    await visitor.shot('06-phone');
    await visitor.touchOk();
    await visitor.sees(/Code sent to/);
    await visitor.shot('07-phone-code');
    await visitor.touch(await sms());
    await visitor.touchOk();

    await visitor.setUp('face');
    await visitor.sees(s.enrol.agree);
    await visitor.shot('08-consent');
    await visitor.page.getByLabel(s.enrol.agree).check();
    await visitor.press(s.enrol.next);
    await visitor.sees(/Picture 2 of 3/, 20_000);
    await visitor.shot('09-face');
    await visitor.sees(s.account.register.setupTitle, 30_000);
    await visitor.setUp('pin');
    await visitor.touch(PIN);
    await visitor.shot('10-pin');
    await visitor.touchOk();
    app = await visitor.setUpAuthenticator('11-authenticator');
    await visitor.sees(s.account.register.complete);
    await visitor.shot('12-complete');
    await visitor.press(s.enrol.finish);
    await visitor.sees(s.account.register.doneText);
    await visitor.shot('13-welcome');
    await visitor.page.getByRole('dialog').getByRole('button', { name: s.login.entry.signIn }).click();
  });

  it('logs in by password, face and the code of the app; nobody is punched by that', async () => {
    await visitor.field(s.login.userName).waitFor();
    await visitor.touch('wanda');
    await visitor.touchOk();
    await visitor.field(s.login.password).waitFor();
    await visitor.touch(PASSWORD);
    await visitor.shot('20-password');
    await visitor.touchOk();
    await visitor.sees(s.login.otp.how, 20_000);
    await visitor.shot('21-choose-channel');
    await visitor.press(s.login.otp.channels.totp);
    await visitor.field(s.login.otp.sent.totp).waitFor();
    await visitor.touch(app.code());
    await visitor.touchOk();
    await visitor.page.getByRole('tab', { name: s.account.own.tabs.times }).waitFor();
    await visitor.sees(s.account.own.nothing);
    await visitor.shot('22-own-page-empty');
    await until(() => granted().length === 1, 5000, 'the access event');
    expect(kinds(granted()[0])?.toSorted()).toEqual(['face', 'otp', 'password']);
    expect(of('attendance')).toEqual([]);
    await visitor.page.getByRole('tab', { name: s.account.own.tabs.factors }).click();
    await visitor.shot('23-own-factors');
    await visitor.page.locator('li', { hasText: s.account.badgeAdd }).getByRole('button').click();
    await visitor.field(s.account.badgeLabel).fill('blue card');
    await visitor.field(s.login.badgeNumber).click();
    await visitor.holdBadge(BADGE);
    await visitor.shot('24-badge');
    await visitor.press(s.account.save);
    await visitor.sees('blue card');
  });

  it('ends the session of whoever walks away, and meanwhile lets an administrator register in another browser', async () => {
    camera.show();
    const left = performance.now();
    const code = JSON.parse(
      await vestibule([
        'admin',
        'create',
        '--name',
        'Ada Boss',
        '--user-name',
        'ada',
        '--json',
        '--config',
        configFile,
      ]),
    ) as { readonly code: string };
    admin = await Visitor.arrive(`${lanUrl}/register`, {
      folder: shots,
      args: [`--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`, '--ignore-certificate-errors'],
    });
    await admin.press(s.account.register.haveCode);
    await admin.field(s.account.register.code).fill(code.code);
    await admin.shot('30-lan-code');
    await admin.next();
    await admin.field(s.account.newPassword).fill(ADMIN_PASSWORD);
    await admin.shot('31-lan-register');
    await admin.next();
    // Nothing of the page lies over the way out of a dialogue.
    await admin.setUp('totp');
    await admin.press(s.login.cancel);
    adminApp = await admin.setUpAuthenticator('32-lan-authenticator');
    await admin.sees(s.account.register.complete);
    await admin.shot('33-lan-complete');
    await admin.press(s.enrol.finish);
    await admin.sees(s.account.register.doneText);

    await visitor.sees(s.account.own.endedText, 30_000);
    expect(performance.now() - left).toBeGreaterThan(19_000);
    expect(await visitor.page.locator('body').textContent()).not.toContain('Wanda');
    await visitor.shot('34-walked-away');
    await visitor.press(s.login.close);
    await visitor.button(s.login.entry.punch).waitFor();
  });

  it('takes punches by PIN, by badge and by face, all of them as the same event', async () => {
    await visitor.press(s.login.entry.punch);
    await visitor.field(s.login.userName).waitFor();
    await visitor.touch('wanda');
    await visitor.touchOk();
    await visitor.field(s.login.pin).waitFor();
    await visitor.touch(PIN);
    await visitor.shot('40-punch-pin');
    await visitor.touchOk();
    await visitor.sees(/^Checked in at/);
    await visitor.shot('41-checked-in-by-pin');
    await visitor.sheetLeaves();
    await visitor.holdBadge(BADGE);
    await visitor.sees(/^Checked out at/);
    await visitor.shot('42-checked-out-by-badge');
    await visitor.sheetLeaves();
    camera.show(tall);
    await visitor.sees(/^Checked in at/, 20_000);
    await visitor.shot('43-checked-in-by-face');
    await until(() => of('attendance').length === 3, 5000, 'three punches at the broker');
    expect(of('attendance').map((one) => [one.event_type, kinds(one)])).toEqual([
      ['check_in', ['pin']],
      ['check_out', ['badge']],
      ['check_in', ['face']],
    ]);
    const shapes = of('attendance').map((one) => Object.keys(one).sort().join());
    expect(new Set(shapes).size).toBe(1);
    expect(new Set(of('attendance').map(({ person }) => JSON.stringify(person))).size).toBe(1);
  });

  it('sends a code by SMS, counts down, sends another, refuses a wrong one, takes the right one', async () => {
    await visitor.press(s.login.entry.signIn);
    await visitor.field(s.login.userName).waitFor();
    await visitor.touch('wanda');
    await visitor.touchOk();
    await visitor.field(s.login.password).waitFor();
    await visitor.touch(PASSWORD);
    await visitor.touchOk();
    await visitor.sees(s.login.otp.how, 20_000);
    await visitor.press('SMS', false);
    await visitor.sees(/^Code sent to/);
    const first = await sms();
    await visitor.sees(/^Valid for/);
    const resend = visitor.page.getByRole('button', { name: /^New code in/ });
    expect(await resend.isDisabled()).toBe(true);
    const [, minutes, seconds] = /(\d+):(\d\d)/.exec((await resend.textContent()) ?? '') ?? [];
    expect(Number(minutes) * 60 + Number(seconds)).toBeGreaterThan(25);
    await visitor.shot('50-countdown');

    // Meanwhile in another browser: the page without the camera of the kiosk.
    await admin.page.goto(`${lanUrl}/login`);
    await admin.givePassword('wanda', PASSWORD);
    // The face belongs to the kiosk's own camera: the way without it is taken.
    await admin.sees(s.login.otp.how);
    await admin.shot('51-lan-no-face');
    expect(await admin.page.locator('img, video').count()).toBe(0);
    for (const path of ['/video_feed', '/api/v1/state'])
      expect([path, await admin.statusOf(path)]).toEqual([path, 403]);
    await admin.press(s.login.other);
    await admin.shot('52-lan-ways');
    await admin.press('Password + Face, Code');
    await admin.sees(s.login.messages.onlyAtKiosk);
    await admin.shot('53-lan-face-refused');
    await admin.press(s.login.other);
    await admin.press('Password, Code');
    await admin.press(s.login.otp.channels.totp);
    await admin.field(s.login.otp.sent.totp).fill(app.code());
    await admin.next();
    await admin.sees(/^In \d\d:\d\d/);
    await admin.shot('54-lan-own-page');
    await admin.press(s.account.own.signOut);

    await visitor.button(s.login.otp.resend).waitFor({ timeout: 60_000 });
    await visitor.shot('55-resend');
    const sent = verifications();
    await visitor.press(s.login.otp.resend);
    await visitor.sees(/^New code in/);
    expect(verifications()).toBe(sent + 1);
    const code = await sms();
    expect(first).toMatch(/^\d{6}$/);
    await visitor.touch(code === '314159' ? '271828' : '314159');
    await visitor.touchOk();
    await visitor.sees(s.login.messages.codeWrong);
    await visitor.shot('56-wrong-code');
    await visitor.touch(code);
    await visitor.touchOk();
    await visitor.sees(/^In \d\d:\d\d/);
    await visitor.shot('57-own-page');
    await visitor.press(s.account.own.signOut);
    await visitor.button(s.login.entry.signIn).waitFor();
    await visitor.shot('58-logged-out');
    expect(await visitor.statusOf('/api/v1/session')).toBe(401);
  });

  it('refuses another face beside the right password, and tells an administrator why', async () => {
    camera.show(other);
    await visitor.press(s.login.entry.signIn);
    await visitor.givePassword('wanda', PASSWORD);
    await visitor.sees(s.login.messages.notRight, 20_000);
    await visitor.shot('60-other-face');
    await visitor.press(s.login.cancel);
    await until(
      () => of('access').some(({ event_type }) => event_type === 'denied'),
      5000,
      'the refusal at the broker',
    );

    await admin.page.goto(`${lanUrl}/login?purpose=admin`);
    await admin.givePassword('ada', ADMIN_PASSWORD);
    await admin.field(s.login.otp.sent.totp).fill(adminApp.code());
    await admin.next();
    await admin.sees(s.admin.title);
    await admin.sees(/Ada Boss/);
    await admin.page.locator('.columns .card').first().waitFor();
    await admin.shot('61-administration');
    await admin.press(w.tabs.decisions);
    await admin.page.getByLabel(w.decisions.onlyDenied).check();
    await admin.sees(/Face: did not pass/);
    await admin.shot('62-why');
    expect(await admin.page.locator('.why').first().textContent()).toMatch(/at least 0\.\d+ was needed/);
    // Whoever logged out and stood there was not punched by that.
    expect(of('attendance')).toHaveLength(3);
    for (const secret of [PASSWORD, ADMIN_PASSWORD, PHONE, BADGE, AUTH_TOKEN])
      expect(daemon.output + JSON.stringify(seen)).not.toContain(secret);
    expect(visitor.faults).toEqual([]);
    expect(admin.faults).toEqual([]);
  });
});
