import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodeMessage, CodeMessenger, CodeProvider } from '../../src/ports/messenger.js';

/** One messenger and what arrives at the other end. */
export interface CarrierWorld {
  readonly messenger: CodeMessenger;
  /** A destination that takes messages. */
  readonly to: string;
  /** A destination that does not; absent where every one is as good as another. */
  readonly badTo?: string;
  /** Text of the messages that arrived at `to`, the oldest first. */
  received(): readonly string[];
  /** The other end is not reachable any more; absent where there is no other end. */
  goDown?(): Promise<void>;
  comeBack?(): Promise<void>;
  close(): Promise<void>;
}

export interface ProviderWorld {
  readonly provider: CodeProvider;
  readonly to: string;
  readonly otherTo: string;
  readonly badTo: string;
  /** Code that the destination was sent. */
  codeOf(to: string): string | undefined;
  /** Lets monotonic time pass at the provider. */
  advance(ms: number): void;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export const MESSAGE: CodeMessage = { code: '047113', from: 'Head office, Lobby', language: 'en', minutes: 5 };

/** Nothing that a log or a page could print of an outcome holds one of these. */
export function expectNoSecret(outcome: unknown, secrets: readonly string[]): void {
  const shown = `${inspect(outcome, { depth: 10, showHidden: true })} ${JSON.stringify(outcome)} ${String(outcome)}`;
  for (const secret of secrets) expect(shown).not.toContain(secret);
}

/** Every carrier keeps these promises. */
export function carrierContract(name: string, open: () => Promise<CarrierWorld>): void {
  describe(`${name} as a carrier of codes`, () => {
    let world: CarrierWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('is a carrier', () => {
      expect(world.messenger.kind).toBe('carrier');
    });

    it.each(['en', 'de', 'fr', 'tlh'])('brings the code in a message in language %s', async (language) => {
      expect(await world.messenger.send(world.to, { ...MESSAGE, language })).toEqual({ kind: 'sent' });
      expect(world.received()).toHaveLength(1);
      expect(world.received()[0]).toContain(MESSAGE.code);
    });

    it('keeps leading zeros and longer codes', async () => {
      await world.messenger.send(world.to, { ...MESSAGE, code: '00000012' });
      expect(world.received()[0]).toContain('00000012');
    });

    it('brings every one of several messages sent at once', async () => {
      const codes = ['111111', '222222', '333333'];
      const outcomes = await Promise.all(codes.map((code) => world.messenger.send(world.to, { ...MESSAGE, code })));
      expect(outcomes).toEqual(codes.map(() => ({ kind: 'sent' })));
      for (const code of codes) expect(world.received().filter((text) => text.includes(code))).toHaveLength(1);
    });

    it('answers a destination that is refused with a fault and sends nothing', async () => {
      if (world.badTo === undefined) return;
      const outcome = await world.messenger.send(world.badTo, MESSAGE);
      expect(outcome).toMatchObject({ kind: 'fault', fault: 'destination_refused' });
      expectNoSecret(outcome, [world.badTo, MESSAGE.code]);
      expect(world.received()).toEqual([]);
    });

    it('answers "unreachable" while the other end is away, and works again afterwards', async () => {
      if (world.goDown === undefined || world.comeBack === undefined) return;
      await world.goDown();
      const outcome = await world.messenger.send(world.to, MESSAGE);
      expect(outcome).toMatchObject({ kind: 'fault', fault: 'unreachable' });
      expectNoSecret(outcome, [world.to, MESSAGE.code]);
      await world.comeBack();
      expect(await world.messenger.send(world.to, MESSAGE)).toEqual({ kind: 'sent' });
      expect(world.received()).toHaveLength(1);
    });
  });
}

/** Every provider keeps these promises. */
export function providerContract(name: string, open: () => Promise<ProviderWorld>): void {
  describe(`${name} as a provider of codes`, () => {
    let world: ProviderWorld;
    const check = (code: string | undefined) => world.provider.check(world.to, code ?? 'none');
    const wrong = () => (world.codeOf(world.to) === '000001' ? '000002' : '000001');
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('is a provider', () => {
      expect(world.provider.kind).toBe('provider');
    });

    it('approves the code that was sent, once', async () => {
      expect(await world.provider.start(world.to, 'en')).toEqual({ kind: 'sent' });
      const code = world.codeOf(world.to);
      expect(code).toMatch(/^\d{4,10}$/);
      expect(await check(code)).toEqual({ kind: 'approved' });
      expect(await check(code)).toEqual({ kind: 'over' });
    });

    it('says "wrong" five times, then "over", even for the right code', async () => {
      await world.provider.start(world.to, 'de');
      for (let i = 0; i < 5; i++) expect(await check(wrong())).toEqual({ kind: 'wrong' });
      expect(await check(world.codeOf(world.to))).toEqual({ kind: 'over' });
    });

    it('approves exactly one of many checks at once', async () => {
      await world.provider.start(world.to, 'en');
      const code = world.codeOf(world.to);
      const outcomes = await Promise.all(Array.from({ length: 12 }, () => check(code)));
      expect(outcomes.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
    });

    it('sends five times, then answers "rate_limited" until the ten minutes are over', async () => {
      for (let i = 0; i < 5; i++) expect(await world.provider.start(world.to, 'fr')).toEqual({ kind: 'sent' });
      expect(await world.provider.start(world.to, 'fr')).toMatchObject({ kind: 'fault', fault: 'rate_limited' });
      world.advance(600_001);
      expect(await world.provider.start(world.to, 'fr')).toEqual({ kind: 'sent' });
    });

    it('approves no code after ten minutes', async () => {
      await world.provider.start(world.to, 'en');
      const code = world.codeOf(world.to);
      world.advance(600_001);
      expect(await check(code)).toEqual({ kind: 'over' });
    });

    it('approves nothing that was never sent', async () => {
      expect(await check('123456')).toEqual({ kind: 'over' });
    });

    it('keeps the codes of two destinations apart', async () => {
      await world.provider.start(world.to, 'en');
      await world.provider.start(world.otherTo, 'en');
      const other = world.codeOf(world.otherTo);
      expect(other).not.toBe(world.codeOf(world.to));
      expect(await check(other)).toEqual({ kind: 'wrong' });
      expect(await world.provider.check(world.otherTo, other ?? '')).toEqual({ kind: 'approved' });
    });

    it('answers a destination that is refused with a fault', async () => {
      const outcome = await world.provider.start(world.badTo, 'en');
      expect(outcome).toMatchObject({ kind: 'fault', fault: 'destination_refused' });
      expectNoSecret(outcome, [world.badTo]);
    });

    it('approves nothing while it is away, and works again afterwards', async () => {
      await world.provider.start(world.to, 'en');
      const code = world.codeOf(world.to);
      await world.goDown();
      expect(await check(code)).toMatchObject({ kind: 'fault', fault: 'unreachable' });
      expect(await world.provider.start(world.to, 'en')).toMatchObject({ kind: 'fault', fault: 'unreachable' });
      expectNoSecret(await check(code), [world.to, code ?? '']);
      await world.comeBack();
      expect(await check(code)).toEqual({ kind: 'approved' });
    });
  });
}
