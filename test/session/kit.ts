import type { Config } from '../../src/config/schema.js';
import type { SessionRequest } from '../../src/session/session.js';
import { Sessions } from '../../src/session/sessions.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeRandom } from '../fakes/fake-random.js';

export const ISSUER = 'vestibule:entrance';
export const settings: Config['session'] = {
  accessMinutes: 5,
  idleMinutes: 3,
  absoluteMinutes: 60,
  leftSeconds: 20,
};

export function request(change: Partial<SessionRequest> = {}): SessionRequest {
  return {
    personId: 'p_000000000001',
    name: 'Anna',
    role: 'person',
    purpose: 'login',
    amr: ['pwd', 'otp'],
    place: 'remote',
    ...change,
  };
}

/** Started sessions over a clock that a test moves. */
export function sessionsKit(options: { seed?: number; config?: Partial<Config['session']> } = {}) {
  const clock = new FakeClock({ mono: 5_000_000 });
  const random = new FakeRandom(options.seed ?? 1);
  const camera = { running: true };
  const make = () =>
    new Sessions({
      clock,
      random,
      config: { ...settings, ...options.config },
      issuer: ISSUER,
      cameraRunning: () => camera.running,
    });
  const sessions = make();
  sessions.start();
  const idOf = async (accessToken: string) => (await sessions.verify(accessToken, { touch: false }))?.sessionId;
  return { clock, random, camera, sessions, make, idOf };
}
