import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { CLIP_PEOPLE, clipsPresent, writeEnrolmentPictures, writeVisitVideo } from '../support/clips.js';
import { Daemon, until, vestibule } from '../support/daemon.js';
import { freePort, MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';

interface Punch {
  readonly id: string;
  readonly seq: number;
  readonly event_type: string;
  readonly person: { readonly id: string };
  readonly replayed: boolean;
}

const onClips = clipsPresent();
if (!onClips) console.log('The recorded clips are not there: the end-to-end test runs on the demo camera instead.');

function readDays(folder: string): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.json$/.test(name))
    .flatMap((name) => {
      const document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return document.data.events as Record<string, unknown>[];
    });
}

describe.skipIf(!MOSQUITTO_INSTALLED)(
  'the built kiosk with a real broker, from the camera to the message',
  { timeout: 240_000 },
  () => {
    let folder: string;
    let state: string;
    let url: string;
    let broker: Mosquitto;
    let daemon: Daemon;
    let subscriber: MqttClient;
    const received: Punch[] = [];
    const distinct = (): Map<string, Punch> => new Map(received.map((punch) => [punch.id, punch]));

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vestibule-e2e-'));
      state = join(folder, 'state');
      mkdirSync(state);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      broker = await startMosquitto({ persistence: true });
      const configFile = join(folder, 'vestibule.yaml');
      writeFileSync(
        configFile,
        [
          'site: { id: hq, name: Head office }',
          'kiosk: { id: lobby-1, name: Lobby }',
          'zone: Europe/Berlin',
          `stateDirectory: ${state}`,
          `camera: { source: ${onClips ? `"file:${join(folder, 'visits.avi')}"` : 'demo'}, width: 480, height: 640 }`,
          'recognition: { idleAfterMs: 500 }',
          'attendance: { direction: alternate, duplicateIntervalSeconds: 0 }',
          `mqtt: { url: "${broker.url}" }`,
          `http: { port: ${port} }`,
        ].join('\n'),
      );
      // The mirror only matters where the open pack can be had; the core pack comes from the installed packages.
      await vestibule(['models', 'pull', 'core', '--state', state]);
      if (onClips) {
        await vestibule(['models', 'pull', 'open', '--state', state], { VESTIBULE_MODELS_MIRROR: '../shared/models' });
        writeVisitVideo(folder, CLIP_PEOPLE);
        await vestibule(['enrol', writeEnrolmentPictures(folder, CLIP_PEOPLE), '--config', configFile]);
      }
      subscriber = await connectAsync(broker.url, {
        clientId: 'payroll',
        clean: false,
        protocolVersion: 5,
        reconnectPeriod: 200,
        properties: { sessionExpiryInterval: 600 },
      });
      subscriber.on('error', () => {});
      subscriber.on('message', (topic, payload) => {
        if (topic.endsWith('/event/attendance')) received.push(JSON.parse(payload.toString('utf8')));
      });
      await subscriber.subscribeAsync('vestibule/v1/+/+/event/attendance', { qos: 1 });
      daemon = new Daemon(configFile);
      await daemon.start(url);
    }, 120_000);

    afterAll(async () => {
      await daemon?.end('SIGTERM');
      await subscriber?.endAsync(true).catch(() => {});
      await broker?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('recognises people, records them, shows them and announces them', async () => {
      const browser = await launchChromium();
      try {
        const page = await browser.context.newPage();
        await page.goto(url);
        const seen = new Set<string>();
        await until(
          async () => {
            const shown = (await page.locator('body').textContent()) ?? '';
            for (const { name } of CLIP_PEOPLE) if (shown.includes(name)) seen.add(name);
            if (!onClips) for (const [name] of shown.matchAll(/Demo [A-Z]\w+/g)) seen.add(name);
            return seen.size >= 2 && distinct().size >= 2;
          },
          60_000,
          'two people on the page and at the broker',
        );
      } finally {
        await browser.close();
      }
      const events = readDays(join(state, 'attendance'));
      expect(events.length).toBeGreaterThanOrEqual(2);
      const known = new Set(
        (
          JSON.parse(await vestibule(['people', 'list', '--json', '--state', state])) as { people?: { id: string }[] }
        ).people?.map((p) => p.id),
      );
      for (const punch of received) expect(known).toContain(punch.person.id);
      const [csvName] = readdirSync(join(state, 'attendance')).filter((name) => name.endsWith('.csv'));
      const rows: Record<string, string>[] = parse(readFileSync(join(state, 'attendance', csvName ?? ''), 'utf8'), {
        columns: true,
      });
      expect(rows.length).toBeGreaterThanOrEqual(2);
      const columns = ['time', 'person_id', 'external_id', 'name', 'direction', 'factors', 'event_id', 'corrects'];
      expect(Object.keys(rows[0] ?? {})).toEqual(columns);
      for (const row of rows) expect(row.name).toMatch(onClips ? /^Person [TW]$/ : /^Demo /);
    });

    it('kill -9 of the vision process, the daemon and the broker in turn loses no event and makes no gap', async () => {
      for (let round = 0; round < 2; round++) {
        const beforeVision = distinct().size;
        await until(() => daemon.visionPid() !== undefined, 10_000, 'a vision process');
        process.kill(daemon.visionPid() ?? 0, 'SIGKILL');
        await until(() => distinct().size > beforeVision, 40_000, 'an event after the vision process was killed');

        const beforeDaemon = distinct().size;
        await daemon.end('SIGKILL');
        await daemon.start(url);
        await until(() => distinct().size > beforeDaemon, 40_000, 'an event after the daemon was killed');

        const beforeBroker = distinct().size;
        await broker.end('SIGKILL');
        await new Promise((done) => setTimeout(done, 3000));
        await broker.start();
        await until(() => distinct().size > beforeBroker, 60_000, 'an event after the broker was killed');
      }
      expect(await daemon.end('SIGTERM')).toBe(0);
      const stored = readDays(join(state, 'attendance')) as unknown as { id: string; seq: number }[];
      await daemon.start(url);
      const last = Math.max(...stored.map((event) => event.seq));
      await until(() => [...distinct().values()].some((punch) => punch.seq >= last), 30_000, 'the last stored event');
      // A broker that dies may lose what it had acknowledged; the gap is seen and cured as docs/mqtt.md says.
      const gaps = () =>
        Array.from({ length: last }, (_, i) => i + 1).filter(
          (seq) => ![...distinct().values()].some((punch) => punch.seq === seq),
        );
      const missing = gaps();
      if (missing.length > 0) {
        const command = { transaction: 'payroll-1', exp: Math.floor(Date.now() / 1000) + 30, from_seq: missing[0] };
        await subscriber.publishAsync('vestibule/v1/hq/lobby-1/cmd/replay', JSON.stringify(command), { qos: 1 });
        await until(() => gaps().length === 0, 20_000, 'the replay of what the broker lost');
      }
      const storedIds = new Map(stored.map((event) => [event.seq, event.id]));
      expect([...storedIds.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      const got = [...distinct().values()].filter((punch) => punch.seq <= last).sort((a, b) => a.seq - b.seq);
      expect(got.map((punch) => punch.seq)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      for (const punch of got) expect(storedIds.get(punch.seq)).toBe(punch.id);
    });
  },
);
