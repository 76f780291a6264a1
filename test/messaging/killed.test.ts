import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { bundle } from '../support/bundle.js';
import { MOSQUITTO_INSTALLED, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';

const BASE = 'vestibule/v1/hq/lobby-1';
const EVENTS = 300;
const KILLS = 4;

describe.skipIf(!MOSQUITTO_INSTALLED)(
  'kiosk and broker killed with -9 (skipped where mosquitto is not installed)',
  () => {
    it('loses no event, leaves no gap, and repeats events only with the same id', async () => {
      const program = await bundle('test/support/kiosk-process.ts');
      onTestFinished(() => program.remove());
      const state = mkdtempSync(join(tmpdir(), 'vestibule-killed-'));
      onTestFinished(() => rmSync(state, { recursive: true, force: true }));
      const broker = await startMosquitto({ persistence: true });
      onTestFinished(() => broker.close());

      // The subscriber follows the recipe of docs/mqtt.md: dedup by id, ask for a replay on a gap.
      const idsBySeq = new Map<number, Set<string>>();
      const liveOrder: number[] = [];
      let messages = 0;
      const subscriber = new MqttBus(
        {
          url: broker.url,
          protocol: '5',
          clientId: 'payroll',
          keepaliveSeconds: 5,
          allowPlain: false,
          reconnectMinMs: 30,
          reconnectMaxMs: 60,
        },
        { clock: realClock, random: realRandom },
      );
      subscriber.onConnected(() => void subscriber.subscribe([`${BASE}/event/attendance`]).catch(() => {}));
      subscriber.onMessage((message) => {
        const { seq, id } = JSON.parse(Buffer.from(message.payload).toString('utf8')) as { seq: number; id: string };
        messages++;
        if (!idsBySeq.has(seq)) liveOrder.push(seq);
        idsBySeq.set(seq, (idsBySeq.get(seq) ?? new Set()).add(id));
      });
      subscriber.start();
      onTestFinished(() => subscriber.stop());
      await eventually('the subscriber connects', () => subscriber.status().connected);

      const recorded = new Map<number, string>();
      let drained = 0;
      let kiosk: ChildProcess;
      onTestFinished(() => void kiosk?.kill('SIGKILL'));
      const startKiosk = (): void => {
        kiosk = fork(program.file, [state, broker.url, String(EVENTS)], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        kiosk.on('message', (message: { recorded?: number; id?: string; drained?: number }) => {
          if (message.recorded !== undefined) recorded.set(message.recorded, message.id ?? '');
          if (message.drained !== undefined) drained = message.drained;
        });
      };
      const endKiosk = async (signal: 'SIGKILL' | 'stop'): Promise<void> => {
        const ended = new Promise((resolve) => kiosk.once('exit', resolve));
        if (signal === 'stop') kiosk.send('stop');
        else kiosk.kill('SIGKILL');
        await ended;
      };

      startKiosk();
      await eventually('the first events', () => recorded.size >= 10);
      for (let i = 0; i < KILLS; i++) {
        await sleep(250);
        await endKiosk('SIGKILL');
        startKiosk();
        await sleep(700);
        await broker.end('SIGKILL');
        await sleep(150);
        await broker.start();
      }
      await eventually('everything is acknowledged', () => drained === EVENTS, 20_000);
      await sleep(300);

      const missing = (): number[] =>
        Array.from({ length: EVENTS }, (_, i) => i + 1).filter((seq) => !idsBySeq.has(seq));
      const curedByReplay = missing().length;
      if (curedByReplay > 0) {
        const exp = Math.floor(Date.now() / 1000) + 30;
        await subscriber.publish(
          `${BASE}/cmd/replay`,
          JSON.stringify({ transaction: 'payroll-1', exp, from_seq: Math.min(...missing()), to_seq: EVENTS }),
          { qos: 1, retain: false },
        );
        await eventually('the replay fills the gap', () => missing().length === 0);
      }
      console.log(
        `events ${EVENTS}, kiosk kills ${KILLS}, broker kills ${KILLS}: lost ${missing().length}, duplicates ${messages - idsBySeq.size}, gaps cured by replay ${curedByReplay}`,
      );
      expect(missing()).toEqual([]);
      expect(idsBySeq.size).toBe(EVENTS);
      expect([...idsBySeq.values()].every((ids) => ids.size === 1)).toBe(true);
      // What the kiosk called recorded is what arrived.
      for (const [seq, id] of recorded) expect(idsBySeq.get(seq)?.has(id)).toBe(true);
      if (curedByReplay === 0) expect(liveOrder).toEqual([...liveOrder].sort((a, b) => a - b));

      await endKiosk('stop');
      await subscriber.stop();
      await broker.close();
      program.remove();
      rmSync(state, { recursive: true, force: true });
    }, 60_000);
  },
);
