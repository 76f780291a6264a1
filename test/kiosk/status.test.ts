import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { kioskStatus } from '../../src/kiosk-status.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeVision } from '../fakes/fake-vision.js';

/** What a kiosk of this policy lets somebody begin at a local time of a Monday in Berlin. */
function terminal(policy: object, time = '10:00') {
  const clock = new FakeClock({ wall: Date.parse(`2026-11-23T${time}:00+01:00`) });
  const config = configSchema.parse({ zone: 'Europe/Berlin', policy });
  const vision = new FakeVision();
  return kioskStatus({
    config,
    version: '0.0.0',
    clock,
    system: { memory: () => ({ rssBytes: 0 }) } as never,
    startedAt: 0,
    vision: () => vision.status(),
    identification: () => ({ identification: 'ready', gallery: 0 }) as never,
    outbox: () => undefined,
    messaging: () => undefined,
    alarms: () => [],
    disk: () => ({ writable: true }) as never,
    lastError: () => undefined,
    enrolmentAllowed: () => false,
  }).terminal;
}

describe('what can be begun at the screen', () => {
  it('is a punch where the policy has a way that is more than the face', () => {
    expect(terminal({})).toEqual({ attend: true, login: true });
    expect(terminal({ attend: [['face']] })).toEqual({ attend: false, login: true });
    expect(terminal({ attend: [['face'], ['face', 'pin']] })).toEqual({ attend: true, login: true });
    expect(terminal({ attend: [] })).toEqual({ attend: false, login: true });
  });

  it('follows the hours of the policy', () => {
    const overrides = [{ from: '18:00', to: '06:00', attend: [['face']], login: [] }];
    expect(terminal({ overrides }, '17:59')).toEqual({ attend: true, login: true });
    expect(terminal({ overrides }, '18:00')).toEqual({ attend: false, login: false });
    expect(terminal({ overrides }, '05:59')).toEqual({ attend: false, login: false });
  });
});
