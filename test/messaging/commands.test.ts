import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandDesk } from '../../src/messaging/commands.js';
import type { CommandRecord } from '../../src/messaging/messaging-parts.js';
import { type ResponsePayload, responsePayload } from '../../src/messaging/payload-schemas.js';
import { encodeAttendance } from '../../src/messaging/payloads.js';
import { Replay } from '../../src/messaging/replay.js';
import { topicsOf } from '../../src/messaging/topics.js';
import type { BusMessage, PublishOptions } from '../../src/ports/bus.js';
import { FakeBroker, FakeBus } from '../fakes/fake-bus.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { MemoryLedger } from '../support/events.js';
import { MemoryStore } from '../support/memory-store.js';
import { eventually } from '../support/real-time.js';

const topics = topicsOf('vestibule', 'hq', 'lobby-1');

interface Answer {
  readonly topic: string;
  readonly response: ResponsePayload;
  readonly options: PublishOptions;
}

let desk: CommandDesk;
let clock: FakeClock;
let store: MemoryStore;
let ledger: MemoryLedger;
let bus: FakeBus;
let answers: Answer[];
let records: CommandRecord[];
let faults: unknown[];
let resyncs: number;

beforeEach(async () => {
  clock = new FakeClock();
  store = new MemoryStore();
  ledger = new MemoryLedger();
  ledger.fill(50);
  answers = [];
  records = [];
  faults = [];
  resyncs = 0;
  bus = new FakeBus(new FakeBroker(), { clientId: 'kiosk' });
  bus.start();
  await eventually('connects', () => bus.status().connected);
  desk = await openDesk();
});
afterEach(() => bus.stop());

async function openDesk(): Promise<CommandDesk> {
  const made = new CommandDesk({
    bus,
    clock,
    store,
    topics,
    replay: new Replay({ bus, clock, ledger, encode: encodeAttendance(topics, { externalId: false, scores: false }) }),
    ping: () => ({ version: '1.0.0', seq: 50 }),
    resync: async () => ++resyncs,
    answer: (topic, payload, options) =>
      answers.push({ topic, response: responsePayload.parse(JSON.parse(payload)), options }),
    audit: (record) => records.push(record),
    onFault: (error) => faults.push(error),
  });
  await made.open();
  return made;
}

const now = (): number => clock.now() / 1000;

function message(name: string, body: unknown, more: Partial<BusMessage> = {}): BusMessage {
  const payload = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return { topic: `${topics.base}/cmd/${name}`, payload, retain: false, qos: 1, ...more };
}

async function ask(name: string, body: unknown, more: Partial<BusMessage> = {}): Promise<ResponsePayload> {
  const before = answers.length;
  await desk.receive(message(name, body, more));
  expect(answers.length).toBeGreaterThan(before);
  return answers[before]!.response;
}

const fresh = (transaction: string, more: object = {}) => ({ transaction, exp: now() + 10, ...more });

describe('commands', () => {
  it('refuses in the documented order', async () => {
    const stale = { transaction: 't', exp: now() - 42 };
    expect(await ask('door', 'not json', { retain: true })).toMatchObject({ error: 'retained' });
    expect(await ask('ping', `{"x":"${'y'.repeat(5000)}"}`)).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', '[1]')).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', Buffer.from([0xff]).toString('latin1'))).toMatchObject({ error: 'malformed' });
    expect(await ask('open', fresh('t'))).toMatchObject({ error: 'malformed', transaction: 't' });
    expect(await ask('factor/nose', fresh('t', { state: 'on' }))).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', fresh('t', { extra: 1 }))).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', fresh('t', { extra: [[[[1]]]] }))).toMatchObject({ error: 'malformed', message: /deep/ });
    expect(await ask('ping', { exp: now() + 10 })).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', fresh('no spaces please'))).toMatchObject({ error: 'malformed' });
    expect(await ask('ping', { transaction: 't' })).toMatchObject({ error: 'malformed' });
    expect(await ask('replay', fresh('t', { from_seq: 9, to_seq: 3 }))).toMatchObject({ error: 'malformed' });
    expect(await ask('door', { ...stale, action: 'open' })).toMatchObject({
      error: 'stale',
      message: 'exp is 42 s in the past',
    });
    expect(await ask('ping', { transaction: 't', exp: now() + 61 })).toMatchObject({ error: 'stale' });
    clock.setSync('rtc');
    expect(await ask('door', fresh('t', { action: 'open' }))).toMatchObject({ error: 'clock' });
    expect(await ask('ping', fresh('used'))).toMatchObject({ status: 'ok' });
    clock.setSync('ntp');
    expect(await ask('door', fresh('used', { action: 'open' }))).toMatchObject({ error: 'reused' });
    expect(await ask('door', fresh('t', { action: 'open' }))).toMatchObject({ error: 'not_permitted' });
    expect(await ask('factor/face', fresh('t', { state: 'off' }))).toMatchObject({ error: 'not_permitted' });
    for (let i = 0; i < 9; i++) expect(await ask('ping', fresh(`n${i}`))).toMatchObject({ status: 'ok' });
    expect(await ask('ping', fresh('one-too-many'))).toMatchObject({ error: 'busy' });
    clock.advance(61_000);
    expect(await ask('ping', fresh('one-too-many'))).toMatchObject({ status: 'ok' });
    expect(faults).toEqual([]);
  });

  it('answers under rsp/<name>, echoes the correlation data and audits every command', async () => {
    const correlationData = new Uint8Array([1, 2, 3]);
    await desk.receive(message('ping', fresh('a'), { correlationData, responseTopic: 'vestibule/v1/hq/ha/answers' }));
    expect(answers.map(({ topic }) => topic)).toEqual([`${topics.base}/rsp/ping`, 'vestibule/v1/hq/ha/answers']);
    expect(answers.every(({ options }) => options.correlationData === correlationData && !options.retain)).toBe(true);
    await desk.receive(message('factor/face', fresh('b', { state: 'on' })));
    await desk.receive(message('../x', fresh('c')));
    expect(answers.slice(2).map(({ topic }) => topic)).toEqual([
      `${topics.base}/rsp/factor`,
      `${topics.base}/rsp/unknown`,
    ]);
    expect(records.map(({ name, result }) => `${name} ${result}`)).toEqual([
      'ping ok',
      'factor not_permitted',
      'unknown malformed',
    ]);
  });

  it('steers no answer out of the site or onto a kiosk’s own topics', async () => {
    for (const responseTopic of [
      'vestibule/v1/other/ha/answers',
      'homeassistant/status',
      'vestibule/v1/hq/lobby-1/trigger',
      'vestibule/v1/hq/lobby-2/cmd/door',
      'vestibule/v1/hq/lobby-1/state',
      'vestibule/v1/hq/+/x',
      'vestibule/v1/hq/#',
    ]) {
      answers = [];
      await desk.receive(message('door', fresh('t', { action: 'open' }), { responseTopic }));
      expect(answers.map(({ topic }) => topic)).toEqual([`${topics.base}/rsp/door`]);
    }
  });

  it('remembers a used transaction until its exp, across restarts, then forgets it', async () => {
    const once = fresh('once');
    expect(await ask('ping', once)).toMatchObject({ status: 'ok' });
    desk = await openDesk();
    expect(await ask('ping', once)).toMatchObject({ error: 'reused' });
    clock.advance(11_000);
    expect(await ask('ping', once)).toMatchObject({ error: 'stale' });
    await ask('ping', fresh('next'));
    expect(JSON.stringify(store.documents.get('commands.json'))).not.toContain('once');
  });

  it('refuses a replay of events that are no longer kept and one beside another', async () => {
    ledger.oldest = 20;
    expect(await ask('replay', fresh('a', { from_seq: 3 }))).toMatchObject({ error: 'gone', data: { oldest: 20 } });
    const running = desk.receive(message('replay', fresh('b', { from_seq: 20 })));
    expect(await ask('replay', fresh('c', { from_seq: 20 }))).toMatchObject({ error: 'busy' });
    await eventually('it ends', () => {
      clock.advance(100);
      return answers.some(({ response }) => response.transaction === 'b');
    });
    await running;
    expect(answers.find(({ response }) => response.transaction === 'b')?.response.data).toEqual({
      from_seq: 20,
      to_seq: 50,
      count: 31,
    });
  });

  it('takes one of two equal commands that arrive together', async () => {
    const twice = message('ping', fresh('twin'));
    await Promise.all([desk.receive(twice), desk.receive(twice)]);
    expect(answers.map(({ response }) => response.error ?? response.status).sort()).toEqual(['ok', 'reused']);
  });

  it('says nothing when a retained command is deleted', async () => {
    await desk.receive(message('ping', '', { retain: true }));
    expect(answers).toEqual([]);
  });

  it('changes nothing for whatever else arrives', async () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          transaction: fc.oneof(fc.string(), fc.constant('t-1'), fc.constant('__proto__')),
          exp: fc.oneof(fc.double(), fc.integer(), fc.constant('soon')),
          action: fc.constantFrom('open', 'unlock', 'lock', 'drop'),
          state: fc.constantFrom('on', 'off', 1),
          from_seq: fc.integer(),
          to_seq: fc.integer(),
          __proto__: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    );
    const bodies = fc.oneof(
      values.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ maxLength: 6000 }).map((text) => Buffer.from(text)),
    );
    const names = fc.oneof(
      fc.constantFrom(
        'ping',
        'replay',
        'resync',
        'door',
        'factor/face',
        'factor',
        'door/x',
        '',
        '#',
        '__proto__',
        'toString',
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(names, bodies, fc.boolean(), async (name, payload, retain) => {
        const before = structuredClone([...store.documents]);
        await desk.receive({ topic: `${topics.base}/cmd/${name}`, payload, retain, qos: 1 });
        expect([...store.documents]).toEqual(before);
        expect(resyncs).toBe(0);
      }),
      { numRuns: 1000 },
    );
    expect(answers.every(({ response }) => response.status === 'error')).toBe(true);
    expect(faults).toEqual([]);
  });
});
