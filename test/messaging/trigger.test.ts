import { beforeEach, describe, expect, it } from 'vitest';
import { Trigger } from '../../src/messaging/trigger.js';
import type { PublishOptions } from '../../src/ports/bus.js';
import { FakeBroker, FakeBus } from '../fakes/fake-bus.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { eventOf } from '../support/events.js';
import { eventually } from '../support/real-time.js';

let clock: FakeClock;
let bus: FakeBus;
let trigger: Trigger;
let sent: { word: string; options: PublishOptions }[];

beforeEach(async () => {
  clock = new FakeClock();
  sent = [];
  const broker = new FakeBroker();
  bus = new FakeBus(broker, { clientId: 'kiosk' });
  bus.start();
  await eventually('connects', () => bus.status().connected);
  const publish = bus.publish.bind(bus);
  bus.publish = (topic, word, options) => {
    sent.push({ word: String(word), options });
    return publish(topic, word, options);
  };
  trigger = new Trigger({ bus, clock, topic: 'v/trigger' });
  return () => bus.stop();
});

const punch = (more: Parameters<typeof eventOf>[1] = {}) => eventOf(1, { clock: clock.state(), ...more });

describe('trigger', () => {
  it('is sent with QoS 0, not retained, with an expiry of 5 s', () => {
    trigger.recorded(punch());
    expect(sent).toEqual([{ word: 'check_in', options: { qos: 0, retain: false, expirySeconds: 5 } }]);
  });

  it('is not sent for corrections, breaks, events of another boot or events 5 s old', () => {
    trigger.recorded(punch({ corrects: 'x' }));
    trigger.recorded(punch({ correctionReason: 'approved' }));
    trigger.recorded(punch({ type: 'void' }));
    trigger.recorded(punch({ type: 'break_start' }));
    trigger.recorded(punch({ clock: { ...clock.state(), boot: 'ffffffffffffffff' } }));
    const old = punch();
    clock.advance(5000);
    trigger.recorded(old);
    expect(sent).toEqual([]);
  });

  it('goes by monotonic time, whatever the wall clock says', () => {
    const event = punch();
    clock.setWall(0);
    clock.advance(4999);
    trigger.recorded(event);
    expect(sent).toHaveLength(1);
  });

  it('is not even tried without a connection', async () => {
    await bus.stop();
    trigger.recorded(punch());
    trigger.fire('duress', clock.mono());
    expect(sent).toEqual([]);
  });
});
