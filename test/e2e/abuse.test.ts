import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { demoEnrolments } from '../../src/adapters/demo-enrolment.js';
import { openLocalKiosk } from '../../src/cli/local-kiosk.js';
import { configSchema } from '../../src/config/schema.js';
import { PAGE_CONSENT_TEXT_VERSION } from '../../src/people/consent.js';
import type { ApiClient, ApiRequest } from '../support/api-client.js';
import { Canaries, type CanaryRules } from '../support/canaries.js';
import { until, vestibule } from '../support/daemon.js';
import { bodyOf } from '../support/mail-server.js';
import { MOSQUITTO_INSTALLED } from '../support/mosquitto.js';
import { ffmpeg } from '../support/pictures.js';
import { beginAttempt, sendCode, signIn, takeWay } from '../support/signing-in.js';
import { ACCOUNT_SID, AUTH_TOKEN, SENDER } from '../support/twilio-double.js';
import { MQTT_PASSWORD, SMTP_PASSWORD, WatchedKiosk } from '../support/watched-kiosk.js';

const consent = { accepted: true, textVersion: PAGE_CONSENT_TEXT_VERSION, language: 'en' };
const language = 'en';
const canaries = new Canaries();
/** One value of each canary, to be put where it does not belong. */
const values = new Map<string, string>();
const canary = (name: string, value: string, rules: CanaryRules = {}): string => {
  canaries.add(name, value, rules);
  values.set(name, value);
  return value;
};
const secret = (name: string, value: string, rules: CanaryRules = {}): string =>
  canary(name, value, { neverAnswered: true, ...rules });

const PEOPLE = /^(people\.json|attendance\/)/;
const NUMBERS = /^(people\.json|attendance\/|corrections\.json)/;
const CREDENTIALS = /^credentials\.json/;
const CORRECTIONS = /^corrections\.json/;
/** What is typed, and what people and the kiosk are known by. */
const known = {
  name: canary('name of a person', 'Wilhelmina Zörgiebel-Quast', { files: PEOPLE }),
  otherName: canary('name of a person', 'Thaddäus Okonkwo-Brandt', { files: PEOPLE }),
  number: canary('number of the employer', 'EMPCANARY-77120-K', { files: NUMBERS }),
  userName: canary('user name', 'wilma.zq', { files: CREDENTIALS }),
  stranger: canary('user name of a stranger', 'quentin.nobody.88'),
  password: secret('password', 'pwcanary velvet anchor 2718'),
  nextPassword: secret('password after a change', 'pwcanary maroon kettle 3141'),
  otherPassword: secret('password of another person', 'pwcanary silver thicket 1618'),
  wrongPassword: secret('wrong password', 'pwcanary wrong trombone 9009'),
  commonPassword: secret('refused password', 'pwcanaryrefused'.repeat(80)),
  pin: secret('PIN', '739105826417'),
  wrongPin: secret('wrong PIN', '264817305926'),
  badge: secret('badge number', 'BADGECANARY04A2B3C4D5E6'),
  wrongBadge: secret('unknown badge number', 'BADGECANARY99F8E7D6C5B4'),
  badgeLabel: canary('label of a badge', 'Blue lanyard canary', { files: CREDENTIALS }),
  phone: secret('phone number', '+4915123467895'),
  otherPhone: secret('phone number', '+4916098765432'),
  foreignPhone: secret('refused phone number', '+33612345678'),
  mail: secret('mail address', 'mailcanary.zq@example.test'),
  wrongCode: secret('wrong one-time code', '48120577'),
  reason: canary('reason of a correction', 'Forgot it while carrying the canary cage', { files: CORRECTIONS }),
  note: canary('note of who judged it', 'Seen by the canary keeper', { files: CORRECTIONS }),
};
secret('Twilio auth token', AUTH_TOKEN);
secret('Twilio account', ACCOUNT_SID);
secret('sender of the messages', SENDER);
secret('SMTP password', SMTP_PASSWORD);
secret('MQTT password', MQTT_PASSWORD);

const ADMIN = {
  userName: 'ada.boss',
  password: secret('password of the administrator', 'pwcanary copper lantern 5772'),
};

/** An authenticator; each code is of a time step of its own. */
function authenticator(base32: string): () => string {
  // Shown once, to whom it belongs.
  const totp = new TOTP({ secret: canary('TOTP secret', base32) });
  let last = 0;
  return () => {
    last = Math.max(Math.floor(Date.now() / 30_000), last + 1);
    return secret('TOTP code', totp.generate({ timestamp: last * 30_000 }));
  };
}

describe('what is looked for', () => {
  it('is found in every form, and digits of a longer number are another number', () => {
    const own = new Canaries();
    own.add('text', 'Zörgiebel "+ 4711');
    own.add('code', '48120577');
    own.add('bytes', Uint8Array.from([1, 2, 3, 250, 251, 252, 253, 254]));
    own.addVector(
      'vector',
      Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)),
    );
    const text = 'Zörgiebel "+ 4711';
    const forms = [
      text,
      text.normalize('NFD'),
      text.toUpperCase(),
      JSON.stringify({ a: text }),
      JSON.stringify(JSON.stringify({ a: text })),
      'Z\\u00f6rgiebel \\"+ 4711',
      encodeURIComponent(text),
      new URLSearchParams({ a: text }).toString(),
      Buffer.from(text).toString('hex'),
      ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${text}${before}`).toString('base64')),
      ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${text}${before}`).toString('base64url')),
    ];
    expect(forms.filter((form) => !own.in(`… ${form} …`).includes('text'))).toEqual([]);
    expect(own.in('the code48120577.')).toEqual(['code']);
    expect(own.in('148120577 481205770 0f3a9c1e-48120577-aa01-7bcd1b2a9d0e')).toEqual([]);
    const vector = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
    const bytes = Buffer.from(vector.buffer);
    const written = [bytes, bytes.toString('base64'), `x${bytes.toString('hex')}`, JSON.stringify([...vector])];
    expect(written.map((one) => own.in(one))).toEqual(written.map(() => ['vector']));
    expect(own.in(Buffer.from([0, 1, 2, 3, 250, 251, 252, 253, 254, 0]))).toEqual(['bytes']);
    expect(own.in('nothing of it')).toEqual([]);
  });
});

describe.skipIf(!MOSQUITTO_INSTALLED)('L1 what the kiosk lets out', { timeout: 120_000 }, () => {
  const kiosk = new WatchedKiosk();
  let page: ApiClient;
  let remote: ApiClient;
  let admin: ApiClient;
  let adminApp: () => string;
  let app: () => string;
  let recoveryCodes: readonly string[];
  let personId = '';
  let failed = false;

  /** Code of the text message that went out last. */
  const smsCode = (): string => {
    const [code = ''] = /\b\d{8}\b/.exec(kiosk.twilio.messages.at(-1)?.body ?? '') ?? [];
    return secret('one-time code by SMS', code);
  };
  const verifyCode = (to: string) => (): string =>
    secret('one-time code of the provider', kiosk.twilio.codeOf(to) ?? '');
  const mailCode = (): string => {
    const [code = ''] = /\b\d{8}\b/.exec(bodyOf(kiosk.mail.mails.at(-1)?.source ?? '')) ?? [];
    return secret('one-time code by mail', code);
  };
  /** What a session of a page holds. */
  const noteCookies = (api: ApiClient): void => {
    for (const [name, value] of api.cookies) canary(name.endsWith('refresh') ? 'refresh token' : 'access token', value);
  };

  beforeAll(async () => {
    await kiosk.start();
    page = kiosk.client('kiosk');
    remote = kiosk.client('elsewhere');
    admin = kiosk.client('kiosk');
    admin.bearer = secret('admin code', kiosk.adminCode, { files: /^admin\.code$/ });
    if (!kiosk.isSmallDisk) console.log('No file system may be mounted here: the full disk is left out.');
  }, 60_000);

  beforeEach(({ skip }) => skip(failed, 'the step before it failed'));
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') {
      failed = true;
      console.log(kiosk.daemon.output.slice(-4000));
    }
  });
  afterAll(() => kiosk.stop());

  it('an administrator and people register, set up every factor and get every refusal there is', async () => {
    const created = JSON.parse(
      await vestibule(
        [
          'admin',
          'create',
          '--name',
          'Ada Boss',
          '--user-name',
          ADMIN.userName,
          '--json',
          '--config',
          kiosk.configFile,
        ],
        { VESTIBULE_TWILIO_AUTH_TOKEN: AUTH_TOKEN, VESTIBULE_SMTP_PASSWORD: SMTP_PASSWORD },
      ),
    ) as { readonly code: string };
    const invitation = secret('invitation code', created.code);
    const boss = kiosk.client('elsewhere');
    expect((await boss.post('/api/v1/registration/invitation', { code: invitation })).status).toBe(200);
    const asBoss = { name: 'Ada Boss', userName: ADMIN.userName, language, invitation };
    expect((await boss.post('/api/v1/registrations', { ...asBoss, password: known.commonPassword })).status).toBe(400);
    expect((await boss.post('/api/v1/registrations', { ...asBoss, password: ADMIN.userName })).status).toBe(422);
    expect((await boss.post('/api/v1/registrations', { ...asBoss, password: ADMIN.password })).status).toBe(201);
    expect((await boss.post('/api/v1/registrations', { ...asBoss, password: ADMIN.password })).status).toBe(403);
    noteCookies(boss);
    adminApp = authenticator((await boss.post('/api/v1/me/totp')).json.secret);
    expect((await boss.post('/api/v1/me/totp/confirm', { code: adminApp() })).status).toBe(204);

    const asPerson = { name: known.name, userName: known.userName, password: known.password, language };
    const registered = await page.post('/api/v1/registrations', asPerson);
    expect(registered.status).toBe(201);
    personId = registered.json.session.person.id;
    expect((await remote.post('/api/v1/registrations', asPerson)).status).toBe(409);
    noteCookies(page);
    expect((await page.post('/api/v1/me/phone', { destination: known.foreignPhone })).status).toBe(400);
    expect((await page.post('/api/v1/me/phone', { destination: known.phone })).status).toBe(200);
    expect((await page.post('/api/v1/me/phone/confirm', { code: known.wrongCode })).status).toBe(400);
    const code = verifyCode(known.phone)();
    expect((await page.post('/api/v1/me/phone/confirm', { code })).status).toBe(204);
    app = authenticator((await page.post('/api/v1/me/totp')).json.secret);
    expect((await page.post('/api/v1/me/totp/confirm', { code: known.wrongCode })).status).toBe(400);
    expect((await page.post('/api/v1/me/totp/confirm', { code: app() })).status).toBe(204);
    recoveryCodes = (await page.post('/api/v1/me/recovery-codes')).json.codes;
    for (const one of recoveryCodes) canary('recovery code', one);
    expect((await page.post('/api/v1/me/pin', { pin: known.pin })).status).toBe(204);

    const other = { name: known.otherName, userName: 'thaddaeus', password: known.otherPassword, language };
    expect((await remote.post('/api/v1/registrations', other)).status).toBe(201);
    noteCookies(remote);
    expect((await remote.post('/api/v1/me/email', { destination: `${known.mail}, x` })).status).toBe(400);
    expect((await remote.post('/api/v1/me/email', { destination: known.mail })).status).toBe(200);
    expect((await remote.post('/api/v1/me/email/confirm', { code: mailCode() })).status).toBe(204);
    const badge = { badge: known.badge, label: known.badgeLabel };
    expect((await admin.post(`/api/v1/admin/people/${personId}/badges`, badge)).status).toBe(204);
    expect((await admin.post(`/api/v1/admin/people/${personId}/badges`, badge)).status).toBeGreaterThanOrEqual(400);
    expect((await admin.post(`/api/v1/admin/people/${personId}`, { externalId: known.number })).status).toBe(204);
  });

  it('faces are set up, by the person and by an administrator, and seen by the camera of the page', async () => {
    const [first, second] = demoEnrolments();
    const photos = [await first!.photos(), await second!.photos()];
    const ready = async () => (await admin.get('/api/v1/admin/status')).json.vision.process === 'running';
    await until(ready, 30_000, 'the vision process');
    const begun = await page.post('/api/v1/me/face', { consent });
    expect(begun.status).toBe(201);
    const own = `/api/v1/me/face/${begun.json.id}`;
    const image = (body: Uint8Array, type = 'image/png'): ApiRequest => ({ body, type });
    for (const photo of photos[0]!) await page.ask('POST', `${own}/photos`, image(photo));
    expect((await page.ask('POST', `${own}/commit`)).status).toBe(201);
    const enrolment = await admin.post('/api/v1/enrolments', { name: known.otherName, consent });
    expect(enrolment.status).toBe(201);
    const path = `/api/v1/enrolments/${enrolment.json.id}`;
    expect((await admin.ask('POST', `${path}/photos`, image(Buffer.from(known.password)))).status).toBe(422);
    for (const photo of photos[1]!) await admin.ask('POST', `${path}/photos`, image(photo));
    expect((await admin.ask('POST', `${path}/commit`)).status).toBe(201);
    expect((await admin.ask('POST', `${path}/commit`)).status).toBeGreaterThanOrEqual(400);
    const config = configSchema.parse({ stateDirectory: kiosk.state });
    const { templates, close } = await openLocalKiosk(config, 'read');
    expect(templates.all()).toHaveLength(2);
    for (const { vector, samples } of templates.all())
      for (const one of [vector, ...samples]) canaries.addVector('face vector', one);
    await close();
    canaries.add('key of the state directory', readFileSync(join(kiosk.state, 'template.key')), {
      files: /^template\.key$/,
      neverAnswered: true,
    });
    // A session of the kiosk's own page would keep the recognition from looking.
    await page.delete('/api/v1/session');
    const frames = jpegs(photos[0]!);
    for (let i = 0; kiosk.messages.every((message) => !message.includes('"check_in"')); i++) {
      if (i > 200) throw new Error('the face was not recognised');
      const sent = await page.ask('POST', '/api/v1/camera/frames', image(frames[i % frames.length]!, 'image/jpeg'));
      expect(sent.status).toBe(204);
      await sleep(80);
    }
  });

  it('people sign in by every way, mistype everything, and look after their own page', async () => {
    const wrong = await beginAttempt(page, 'login', { userName: known.stranger });
    canary('id of an attempt', wrong.split('/').at(-1)!);
    for (const password of [known.wrongPassword, known.password, known.commonPassword])
      await page.post(`${wrong}/factors`, { kind: 'password', password });
    await page.delete(wrong);
    expect((await page.get(wrong)).status).toBeLessThan(500);

    const tries = await beginAttempt(page, 'login', { userName: known.userName });
    for (const password of [known.wrongPassword, known.password])
      await page.post(`${tries}/factors`, { kind: 'password', password });
    await page.post(`${tries}/code`, { channel: 'recovery' });
    const [firstRecovery = '', secondRecovery = ''] = recoveryCodes;
    await page.post(`${tries}/factors`, { kind: 'otp', code: known.wrongCode });
    const granted = await page.post(`${tries}/factors`, { kind: 'otp', code: firstRecovery });
    expect(granted.json.attempt.phase).toBe('granted');
    noteCookies(page);
    canary('id of an attempt', tries.split('/').at(-1)!);

    for (const round of [0, 1]) {
      const at = new Date(Date.now() - (round + 2) * 60_000).toISOString();
      const request = { direction: round === 0 ? 'check_in' : 'check_out', at, reason: known.reason };
      const correction = await page.post('/api/v1/me/corrections', request);
      expect(correction.status).toBe(201);
      const verdict = { verdict: round === 0 ? 'approve' : 'reject', note: known.note };
      expect((await admin.post(`/api/v1/admin/corrections/${correction.json.id}`, verdict)).status).toBe(200);
    }
    const change = { current: known.wrongPassword, next: known.nextPassword };
    expect((await page.post('/api/v1/me/password', change)).status).toBeGreaterThanOrEqual(400);
    const changed = { current: known.password, next: known.nextPassword };
    expect((await page.post('/api/v1/me/password', changed)).status).toBe(204);
    expect((await page.post('/api/v1/me/password', { current: known.nextPassword, next: known.password })).status).toBe(
      422,
    );
    expect((await page.get('/api/v1/me/times?range=month')).status).toBe(200);
    const former = page.cookies.get('vestibule-refresh') ?? '';
    expect((await page.post('/api/v1/session/refresh')).status).toBe(200);
    noteCookies(page);
    expect((await page.post('/api/v1/session/refresh', { refreshToken: former })).status).toBe(401);
    expect((await page.get('/api/v1/me')).status).toBe(401);

    const entry = { userName: known.userName, password: known.nextPassword };
    const recovered = { ...entry, channel: 'recovery', code: () => secondRecovery, client: 'api' } as const;
    const program = kiosk.client('elsewhere');
    const { tokens } = (await signIn(program, 'login', recovered)).json;
    const bearer = canary('access token', tokens.accessToken);
    canary('refresh token', tokens.refreshToken);
    expect((await program.get('/api/v1/me', { bearer })).status).toBe(200);
    expect((await program.post('/api/v1/session/refresh', { refreshToken: tokens.refreshToken })).status).toBe(200);
    await expect(signIn(kiosk.client('elsewhere'), 'login', recovered)).rejects.toThrow('not granted');
    const boss = kiosk.client('elsewhere');
    await signIn(boss, 'admin', { ...ADMIN, channel: 'totp', code: adminApp });
    noteCookies(boss);
    const reset = await boss.post(`/api/v1/admin/people/${personId}/invitation`, { kind: 'reset' });
    const resetCode = canary('reset code', reset.json.code);
    values.set('id of a person', personId);
    expect((await remote.post('/api/v1/registration/invitation', { code: resetCode })).status).toBe(200);
    const asNobody = { userName: known.stranger, password: known.password, language, invitation: resetCode };
    expect((await remote.post('/api/v1/registrations', asNobody)).status).toBe(400);
    expect((await admin.get('/api/v1/admin/decisions')).status).toBe(200);
  });

  it('punches by PIN and badge, right and wrong', async () => {
    const before = kiosk.messages.length;
    const byPin = await beginAttempt(page, 'attend', { userName: known.userName });
    await takeWay(page, byPin, ['pin']);
    await page.post(`${byPin}/factors`, { kind: 'pin', pin: known.wrongPin });
    const punched = await page.post(`${byPin}/factors`, { kind: 'pin', pin: known.pin });
    expect(punched.json.attempt.phase).toBe('granted');
    await beginAttempt(page, 'attend', { badge: known.wrongBadge });
    const byBadge = await beginAttempt(page, 'attend', { badge: known.badge });
    expect((await page.get(byBadge)).json.attempt.phase).toBe('granted');
    const punches = () => kiosk.messages.slice(before).filter((message) => message.includes('/event/attendance '));
    await until(() => punches().length >= 2, 10_000, 'two punches at the broker');
  });

  it('providers fail in every way while codes are sent and checked', async () => {
    const breaks = ['reset', 'server_error', 'too_many', 'bad_json', 'other_json', 'cut', 'approval_with_500'] as const;
    const somebody = { name: known.name, password: known.password, language };
    const users = [kiosk.client('elsewhere'), kiosk.client('elsewhere')];
    for (const [i, api] of users.entries())
      expect((await api.post('/api/v1/registrations', { ...somebody, userName: `failing${i}` })).status).toBe(201);
    for (const [i, kind] of breaks.entries()) {
      kiosk.twilio.broken = kind;
      const sent = await users[i % 2]!.post('/api/v1/me/phone', { destination: known.otherPhone });
      expect([kind, sent.status]).toEqual([kind, kind === 'too_many' ? 429 : 502]);
    }
    kiosk.twilio.broken = undefined;
    kiosk.twilio.refusals.set(known.otherPhone, [400, 21211]);
    expect((await users[1]!.post('/api/v1/me/phone', { destination: known.otherPhone })).status).toBe(502);
    kiosk.twilio.refusals.clear();
    const third = kiosk.client('elsewhere');
    expect((await third.post('/api/v1/registrations', { ...somebody, userName: 'failing2' })).status).toBe(201);
    expect((await third.post('/api/v1/me/phone', { destination: known.otherPhone })).status).toBe(200);
    const code = verifyCode(known.otherPhone)();
    for (const kind of breaks) {
      kiosk.twilio.broken = kind;
      const confirmed = await third.post('/api/v1/me/phone/confirm', { code });
      expect(confirmed.status).toBeGreaterThanOrEqual(400);
    }
    kiosk.twilio.broken = undefined;
    const fourth = kiosk.client('elsewhere');
    expect((await fourth.post('/api/v1/registrations', { ...somebody, userName: 'failing3' })).status).toBe(201);
    kiosk.mail.messageReply = 554;
    expect((await fourth.post('/api/v1/me/email', { destination: known.mail })).status).toBe(502);
    kiosk.mail.messageReply = undefined;
    kiosk.mail.senderReply = 451;
    expect((await fourth.post('/api/v1/me/email', { destination: known.mail })).status).toBe(502);
    kiosk.mail.senderReply = undefined;
    kiosk.mail.refused.set(known.mail, 550);
    expect((await fourth.post('/api/v1/me/email', { destination: known.mail })).status).toBe(502);
    kiosk.mail.refused.clear();
    await kiosk.mail.stop();
    expect((await fourth.post('/api/v1/me/email', { destination: known.mail })).status).toBe(502);
    await kiosk.mail.start();
  });

  it('every route is asked with every secret where it does not belong', async () => {
    const document = (await page.get('/api/v1/openapi.json')).json as {
      paths: Record<string, Record<string, { requestBody?: { content: Record<string, unknown> } }>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        image: requestBody !== undefined && !('application/json' in requestBody.content),
      })),
    );
    // The last request of a session is its end.
    routes.sort((a, b) => Number(a.path === '/api/v1/session') - Number(b.path === '/api/v1/session'));
    const all = Object.fromEntries([...values].map(([name, value]) => [name, value.slice(0, 400)]));
    const everything = JSON.stringify(all);
    const bodies: ApiRequest[] = [
      { json: all },
      {
        json: {
          kind: all.password,
          password: { deep: all },
          userName: [known.name],
          code: all['wrong one-time code'],
          purpose: known.pin,
        },
      },
      { body: everything, type: 'text/plain' },
      { body: everything.slice(0, -1) },
      { body: `${'['.repeat(40)}${everything}${']'.repeat(40)}` },
      { body: everything.repeat(Math.ceil(70_000 / everything.length)) },
      { body: everything, type: 'image/jpeg' },
      { body: '{}', headers: { 'Content-Encoding': known.password } },
    ];
    const texts = [...values.values()].map((value) => value.slice(0, 200));
    let next = 0;
    const text = (): string => texts[next++ % texts.length]!;
    const someone = kiosk.client('elsewhere');
    await someone.post('/api/v1/registrations', {
      name: known.name,
      userName: 'sweeper',
      password: known.password,
      language,
    });
    /** Bodies that are right, for what comes after the look at the body. */
    const right: readonly (readonly [end: string, json: unknown])[] = [
      ['/identity', { userName: known.stranger }],
      ['/factors', { kind: 'password', password: known.wrongPassword }],
      ['/alternative', { index: 0 }],
      ['/code', { channel: 'totp' }],
      ['/direction', { direction: 'check_in' }],
      ['/admin/people/{id}', { name: known.otherName }],
      ['/invitation', { kind: 'reset' }],
      ['/badges', { badge: known.wrongBadge, label: known.badgeLabel }],
      ['/admin/corrections/{id}', { verdict: 'reject', note: known.note }],
      ['/me/face', { consent: { ...consent, textVersion: canary('version of a text', 'text-canary-of-1999') } }],
      ['/totp/confirm', { code: known.wrongCode }],
      ['/phone/confirm', { code: known.wrongCode }],
      ['/me/phone', { destination: known.foreignPhone }],
      ['/me/corrections', { eventId: crypto.randomUUID(), reason: known.reason }],
      ['/session/refresh', { refreshToken: known.badge }],
      ['/registrations/resume', { userName: known.stranger, password: known.wrongPassword }],
    ];
    const ids = [...values.entries()].filter(
      ([name, value]) => name !== 'id of a person' && /^[\w-]{1,64}$/.test(value),
    );
    const asked = new Set<string>();
    let requests = 0;
    for (const [caller, api] of Object.entries({ nobody: kiosk.client('kiosk'), code: admin, session: someone }))
      for (const { method, path } of routes) {
        asked.add(`${method} ${path}`);
        const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(text()));
        const odd: ApiRequest[] = [
          { headers: { 'User-Agent': latin(text()), Referer: `http://x/${encodeURIComponent(text())}` } },
          { headers: { Origin: `http://${encodeURIComponent(text())}` } },
          { headers: { Host: encodeURIComponent(text()) } },
          { headers: { Cookie: `vestibule-access=${encodeURIComponent(text())}; x=${encodeURIComponent(text())}` } },
          ...(caller === 'nobody' ? [{ bearer: encodeURIComponent(text()) }] : []),
        ];
        const query = `?day=${encodeURIComponent(text())}&person=${encodeURIComponent(text())}&range=${encodeURIComponent(text())}`;
        const sent = method === 'GET' ? odd : [...bodies, ...odd];
        const json = right.find(([end]) => path.endsWith(end))?.[1];
        const fitting = path.includes('{') ? ids.map(([, id]) => path.replace(/\{\w+\}/g, id)) : [path];
        const rightly = caller === 'nobody' || (json === undefined && !path.includes('{')) ? [] : fitting;
        for (const [target, request] of [
          ...rightly.map((one) => [one, json === undefined ? {} : { json }] as const),
          ...sent.map((one) => [`${filled}${query}`, one] as const),
        ]) {
          const { status } = await api.ask(method, target, request);
          requests += 1;
          expect([`${method} ${path}`, status]).toEqual([
            `${method} ${path}`,
            expect.toSatisfy((s) => s < 500 || s === 503),
          ]);
        }
      }
    for (const odd of ['/%00', '/..%2f..%2fetc%2fpasswd', `/${encodeURIComponent(known.name)}`, '/api/v1/%']) {
      await page.get(odd);
      await page.ask('PUT', odd, { json: all });
    }
    console.log(`L1 ${requests} requests to ${asked.size} routes, ${values.size} secrets in each of them`);
    expect(asked.size).toBe(routes.length);
    expect(asked.size).toBeGreaterThan(55);
  });

  it('F11 line ends and escapes in 50 fields make no line of the log', async () => {
    const forgeries = [
      '\n',
      '\r\n',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u001b[2J\u001b[31m',
      '\u0007',
      '\u202e',
      '\u0000',
      '\u000b',
    ];
    const forged = (sign: string): string => `a${sign}{"level":"error","message":"forged by a visitor"}${sign}b`;
    const places: readonly ((text: string) => Promise<unknown>)[] = [
      (text) => page.post('/api/v1/attempts', { purpose: text }),
      (text) => page.post('/api/v1/registrations', { name: text, userName: text, password: text, language: 'en' }),
      (text) => admin.post('/api/v1/admin/people', { name: text, externalId: text, userName: text }),
      (text) => page.post(`/api/v1/attempts/${encodeURIComponent(text)}/identity`, { userName: text }),
      (text) =>
        admin.get(`/api/v1/admin/decisions?day=${encodeURIComponent(text)}`, {
          headers: { Cookie: latin(text).replace(/[^ -~]/g, '') },
        }),
    ];
    await sleep(500);
    const [from, answered] = [kiosk.daemon.output.length, kiosk.answers.length];
    for (const sign of forgeries) for (const place of places) await place(forged(sign));
    await sleep(500);
    const lines = kiosk.log(from);
    const refusals = kiosk.answers.slice(answered).filter(({ status }) => isLogged(status));
    const ofPage = lines.filter((line) => (JSON.parse(line) as { part?: string }).part === 'http');
    console.log(
      `F11 ${forgeries.length * places.length} forged fields: ${ofPage.length} lines for ${refusals.length} refusals, ${lines.length - ofPage.length} other lines`,
    );
    expect(ofPage).toHaveLength(refusals.length);
    const signs = forgeries.filter((sign) => lines.some((line) => line.includes(sign)));
    expect([signs, lines.filter((line) => line.includes('forged'))]).toEqual([[], []]);
    expect(refusals.length).toBeGreaterThanOrEqual(30);
  });

  it('codes by SMS and mail are mistyped and taken', async () => {
    const entry = await beginAttempt(page, 'login', { userName: known.userName });
    await page.post(`${entry}/factors`, { kind: 'password', password: known.nextPassword });
    await sendCode(page, entry, 'twilio-sms');
    const code = smsCode();
    await page.post(`${entry}/factors`, { kind: 'otp', code: known.wrongCode });
    expect((await page.post(`${entry}/factors`, { kind: 'otp', code })).json.attempt.phase).toBe('granted');
    noteCookies(page);
    const byMail = { userName: 'thaddaeus', password: known.otherPassword, channel: 'email', code: mailCode } as const;
    await signIn(kiosk.client('elsewhere'), 'login', byMail);
  });

  it('the disk is full, and has room again', async ({ skip }) => {
    skip(!kiosk.isSmallDisk, 'no file system may be mounted here');
    const filler = join(kiosk.state, 'filler');
    let size = 0;
    for (const step of [1 << 20, 1 << 12, 1])
      for (;;)
        try {
          writeFileSync(filler, Buffer.alloc(step), { flag: 'a' });
          size += step;
        } catch {
          break;
        }
    const full = kiosk.client('elsewhere');
    const statuses = [
      await full.post('/api/v1/registrations', {
        name: known.name,
        userName: 'fulldisk',
        password: known.password,
        language,
      }),
      await admin.post('/api/v1/admin/people', { name: known.name, externalId: 'X1', userName: known.stranger }),
      await admin.post(`/api/v1/admin/people/${personId}`, { name: known.otherName }),
      await admin.post(`/api/v1/admin/people/${personId}/invitation`, { kind: 'reset' }),
      await admin.post(`/api/v1/admin/people/${personId}/badges`, { badge: known.wrongBadge, label: known.badgeLabel }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([507, 507, 507, 507, 507]);
    const attempt = await beginAttempt(full, 'login', { userName: known.userName });
    for (const password of [known.wrongPassword, known.nextPassword])
      await full.post(`${attempt}/factors`, { kind: 'password', password });
    await full.post(`${attempt}/code`, { channel: 'twilio-sms' });
    expect((await page.get('/')).status).toBe(200);
    const left = kiosk.isSmallDisk && size > 0;
    expect(left).toBe(true);
    rmSync(filler);
    const again = { name: known.name, userName: 'fulldisk', password: known.password, language };
    expect((await full.post('/api/v1/registrations', again)).status).toBe(201);
  });

  it('kill -9 in the middle of it, five times: no session lives on, no wrong answer is forgotten', async () => {
    const failuresOf = async (): Promise<number> => {
      const { people } = (await admin.get('/api/v1/admin/people')).json as {
        people: { id: string; locks: { factor: string; failures: number }[] }[];
      };
      const { locks = [] } = people.find(({ id }) => id === personId) ?? {};
      return locks.find(({ factor }) => factor === 'pin')?.failures ?? 0;
    };
    await admin.post(`/api/v1/admin/people/${personId}/unlock`);
    const kills = 5;
    let forgotten = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const attempt = await beginAttempt(page, 'attend', { userName: known.userName });
      await takeWay(page, attempt, ['pin']);
      await page.post(`${attempt}/factors`, { kind: 'pin', pin: known.wrongPin });
      const inFlight = [known.password, known.nextPassword, known.wrongPassword].map((password) =>
        kiosk
          .client('elsewhere')
          .post('/api/v1/registrations/resume', { userName: known.userName, password })
          .catch(() => undefined),
      );
      await kiosk.daemon.end('SIGKILL');
      await Promise.all(inFlight);
      await kiosk.daemon.start(kiosk.url);
      if ((await failuresOf()) !== kill) forgotten += 1;
      expect((await remote.get('/api/v1/me')).status).toBe(401);
    }
    const attempt = await beginAttempt(page, 'attend', { userName: known.userName });
    await takeWay(page, attempt, ['pin']);
    const waiting = await page.post(`${attempt}/factors`, { kind: 'pin', pin: known.pin });
    console.log(`A4 ${forgotten} wrong answers forgotten over ${kills} kill -9 of the daemon (limit 0)`);
    expect(forgotten).toBe(0);
    expect(waiting.json.attempt.phase).toBe('factors');
    expect(waiting.json.attempt.message.code).toBe('wait');
  });

  it('the broker goes away and comes back', async () => {
    await kiosk.broker.end('SIGKILL');
    const byBadge = await beginAttempt(page, 'attend', { badge: known.badge });
    expect((await page.get(byBadge)).json.attempt.phase).toBe('granted');
    const before = kiosk.messages.length;
    await kiosk.broker.start();
    const punches = () => kiosk.messages.slice(before).filter((message) => message.includes('/event/attendance '));
    await until(() => punches().length >= 1, 60_000, 'the punch at the broker');
  });

  it('of all secrets none stands in the log, at the broker, in an answer, or in the clear on the disk', async () => {
    await kiosk.daemon.end('SIGTERM');
    const log = kiosk.log();
    const inLog = log.flatMap((line) => canaries.in(line).map((name) => `${name}: ${line}`));
    const inMessages = kiosk.messages.flatMap((message) => canaries.in(message).map((name) => `${name}: ${message}`));
    const inErrors = kiosk.answers
      .filter(({ status }) => status >= 400)
      .flatMap(({ text, route, status }) => canaries.in(text).map((name) => `${name}: ${status} ${route} ${text}`));
    const inAnswers = kiosk.answers
      .filter(({ status }) => status < 400)
      .flatMap(({ text, route }) =>
        canaries.in(text, ({ neverAnswered }) => neverAnswered).map((name) => `${name}: ${route}`),
      );
    const onDisk = canaries.inDirectory(kiosk.state);
    const errors = kiosk.answers.filter(({ status }) => status >= 400).length;
    console.log(
      [
        `L1 ${canaries.names.length} kinds of secrets, found (limit 0 each):`,
        `  log, level trace: ${inLog.length} in ${log.length} lines`,
        `  messages at the broker: ${inMessages.length} in ${kiosk.messages.length}`,
        `  refusals: ${inErrors.length} in ${errors}`,
        `  other answers: ${inAnswers.length} in ${kiosk.answers.length - errors}`,
        `  state directory: ${onDisk.found.length} in ${onDisk.files} files, ${onDisk.bytes} bytes`,
      ].join('\n'),
    );
    expect([...new Set(inLog)]).toEqual([]);
    expect([...new Set(inMessages)]).toEqual([]);
    expect([...new Set(inErrors)]).toEqual([]);
    expect([...new Set(inAnswers)]).toEqual([]);
    expect(onDisk.found).toEqual([]);
    expect(canaries.names.length).toBeGreaterThanOrEqual(25);
    expect(log.length).toBeGreaterThan(500);
    for (const line of log) expect(() => JSON.parse(line)).not.toThrow();
  });
});

/** Refusals of which the log has a line. */
function isLogged(status: number): boolean {
  return status >= 400 && status !== 401 && status !== 404;
}

/** What a header can carry of a text. */
function latin(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, '?');
}

/** The same pictures as a camera sends them. */
function jpegs(pictures: readonly Uint8Array[]): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-frames-'));
  try {
    return pictures.map((picture, i) => {
      const [from, to] = [join(folder, `${i}.png`), join(folder, `${i}.jpg`)];
      writeFileSync(from, picture);
      ffmpeg(['-i', from, '-q:v', '2', to]);
      return readFileSync(to);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
