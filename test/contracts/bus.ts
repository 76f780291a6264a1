import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusMessage } from '../../src/ports/bus.js';
import { eventually } from '../support/real-time.js';

/** One broker for a suite. */
export interface BusWorld {
  /** A bus of its own client id; not started. */
  bus(clientId: string, will?: { topic: string; payload: string }): Promise<Bus>;
  /** The broker vanishes: connections break, new ones are refused. */
  goDown(): Promise<void>;
  /** The broker is there again at the same address. */
  comeBack(): Promise<void>;
  /** Breaks the link of the bus without a DISCONNECT. */
  cut(bus: Bus): Promise<void>;
  close(): Promise<void>;
}

const text = (message: BusMessage): string => Buffer.from(message.payload).toString('utf8');

/** Every bus keeps these promises, whatever the broker. */
export function busContract(name: string, protocol: 4 | 5, open: () => Promise<BusWorld>): void {
  describe(`${name} as a bus`, () => {
    let world: BusWorld;
    const started: Bus[] = [];

    async function connected(clientId: string, will?: { topic: string; payload: string }): Promise<Bus> {
      const bus = await world.bus(clientId, will);
      started.push(bus);
      bus.start();
      await eventually(`${clientId} connects`, () => bus.status().connected);
      return bus;
    }

    async function listening(clientId: string, filter: string): Promise<{ bus: Bus; seen: BusMessage[] }> {
      const bus = await connected(clientId);
      const seen: BusMessage[] = [];
      bus.onMessage((message) => seen.push(message));
      await bus.subscribe([filter]);
      return { bus, seen };
    }

    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      for (const bus of started.splice(0)) await bus.stop();
      await world.close();
    });

    it('acknowledges a publish and delivers its bytes to a wildcard subscription', async () => {
      const { seen } = await listening('reader', 'v/v1/+/+/event/attendance');
      const writer = await connected('writer');
      expect(await writer.publish('v/v1/hq/a/event/attendance', 'grüße', { qos: 1, retain: false })).toEqual({
        kind: 'acknowledged',
      });
      await writer.publish('v/v1/hq/a/event/access', 'not for you', { qos: 1, retain: false });
      await writer.publish('v/v1/hq/b/event/attendance', new Uint8Array([0, 255]), { qos: 1, retain: false });
      await eventually('two messages', () => seen.length === 2);
      expect(seen.map(({ topic }) => topic)).toEqual(['v/v1/hq/a/event/attendance', 'v/v1/hq/b/event/attendance']);
      expect(text(seen[0]!)).toBe('grüße');
      expect([...seen[1]!.payload]).toEqual([0, 255]);
      expect(seen.every(({ retain }) => !retain)).toBe(true);
    });

    it('tells the negotiated protocol and a window of at most 20', async () => {
      const bus = await connected('kiosk');
      expect(bus.status()).toMatchObject({ connected: true, protocol, reconnects: 0 });
      expect(bus.status().window).toBeGreaterThanOrEqual(1);
      expect(bus.status().window).toBeLessThanOrEqual(20);
    });

    it('keeps a retained message for later readers and removes it by an empty one', async () => {
      const writer = await connected('writer');
      await writer.publish('v/a/state', 'online', { qos: 1, retain: true });
      const { seen } = await listening('reader', 'v/+/state');
      await eventually('the retained message', () => seen.length === 1);
      expect(seen[0]).toMatchObject({ topic: 'v/a/state', retain: true });
      await writer.publish('v/a/state', '', { qos: 1, retain: true });
      const { seen: none, bus } = await listening('reader-2', 'v/+/state');
      await bus.publish('v/b/state', 'mark', { qos: 1, retain: false });
      await eventually('the mark', () => none.length > 0);
      expect(none.map(text)).toEqual(['mark']);
    });

    it('loses a publish at once without a connection and never sends it later', async () => {
      const { seen } = await listening('reader', 'v/#');
      const bus = await world.bus('kiosk');
      started.push(bus);
      expect((await bus.publish('v/early', 'x', { qos: 1, retain: false })).kind).toBe('lost');
      expect((await bus.publish('v/early', 'x', { qos: 0, retain: false })).kind).toBe('lost');
      bus.start();
      await eventually('connects', () => bus.status().connected);
      await bus.publish('v/mark', 'x', { qos: 1, retain: false });
      await eventually('the mark', () => seen.some(({ topic }) => topic === 'v/mark'));
      expect(seen.map(({ topic }) => topic)).toEqual(['v/mark']);
    });

    it('publishes the will when the link breaks', async () => {
      const { seen } = await listening('reader', 'v/k/state');
      const bus = await connected('kiosk', { topic: 'v/k/state', payload: 'offline' });
      await bus.publish('v/k/state', 'online', { qos: 1, retain: true });
      await world.cut(bus);
      await eventually('the will', () => seen.map(text).includes('offline'));
      expect(seen.map(text).slice(0, 2)).toEqual(['online', 'offline']);
    });

    it('publishes no will after a clean stop', async () => {
      const { seen, bus: reader } = await listening('reader', 'v/k/#');
      const bus = await connected('kiosk', { topic: 'v/k/state', payload: 'offline' });
      await bus.stop();
      expect(bus.status().connected).toBe(false);
      await reader.publish('v/k/mark', 'x', { qos: 1, retain: false });
      await eventually('the mark', () => seen.length > 0);
      expect(seen.map(({ topic }) => topic)).toEqual(['v/k/mark']);
    });

    it('comes back by itself and finds messages that waited in its session', async () => {
      const { bus: kiosk, seen } = await listening('kiosk', 'v/cmd/#');
      const writer = await connected('writer');
      let disconnections = 0;
      kiosk.onDisconnected(() => disconnections++);
      await world.cut(kiosk);
      await eventually('the break is noticed', () => disconnections === 1);
      await writer.publish('v/cmd/ping', 'while away', { qos: 1, retain: false });
      await eventually('the waiting message', () => seen.map(text).includes('while away'));
      expect(kiosk.status().reconnects).toBe(1);
      expect(seen.find((message) => text(message) === 'while away')?.retain).toBe(false);
    });

    it('survives an absent broker and reports why in a sentence', async () => {
      const bus = await connected('kiosk');
      await world.goDown();
      await eventually('the loss is noticed', () => !bus.status().connected);
      await eventually('a sentence', () => bus.status().lastError !== undefined);
      expect(bus.status().lastError).toMatch(/^Broker.*\.$/);
      expect((await bus.publish('v/x', 'x', { qos: 1, retain: false })).kind).toBe('lost');
      await world.comeBack();
      await eventually('it is back', () => bus.status().connected);
      expect((await bus.publish('v/x', 'x', { qos: 1, retain: false })).kind).toBe('acknowledged');
    });

    it('never has more publishes in flight than the window', async () => {
      const bus = await connected('kiosk');
      const { window } = bus.status();
      const all = await Promise.all(
        Array.from({ length: window + 5 }, (_, i) => bus.publish('v/x', String(i), { qos: 1, retain: false })),
      );
      expect(all.slice(0, window).every(({ kind }) => kind === 'acknowledged')).toBe(true);
      expect(all.slice(window)).toEqual(Array(5).fill({ kind: 'lost', reason: 'window full' }));
      expect(bus.status().connected).toBe(true);
    });

    it('delivers nothing more after unsubscribe', async () => {
      const { bus, seen } = await listening('kiosk', 'v/a');
      await bus.subscribe(['v/b']);
      await bus.unsubscribe(['v/a']);
      await bus.publish('v/a', 'no', { qos: 1, retain: false });
      await bus.publish('v/b', 'yes', { qos: 1, retain: false });
      await eventually('the other topic', () => seen.length > 0);
      expect(seen.map(text)).toEqual(['yes']);
    });

    it('refuses to subscribe without a connection', async () => {
      const bus = await world.bus('kiosk');
      await expect(bus.subscribe(['v/a'])).rejects.toThrow();
    });
  });
}
