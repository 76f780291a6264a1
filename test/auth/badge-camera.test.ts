import { afterEach, describe, expect, it } from 'vitest';
import { BadgeCamera } from '../../src/auth/badge-camera.js';
import { configSchema } from '../../src/config/schema.js';
import { policyOf } from '../../src/domain/policy-written.js';
import { FakeVision } from '../fakes/fake-vision.js';
import { ADA, attemptRoom, KIOSK, LAN } from '../support/attempt-room.js';

let camera: BadgeCamera | undefined;
afterEach(() => camera?.stop());

async function room(policy: object = {}) {
  const attempts = await attemptRoom({ policy });
  const vision = new FakeVision();
  await vision.start();
  camera = new BadgeCamera({
    vision,
    attempts: attempts.attempts,
    policy: policyOf(configSchema.parse({ policy }).policy),
    onFault: (fault) => attempts.faults.push(fault),
  });
  camera.start();
  const hold = async (text: string): Promise<void> => {
    vision.hideCode();
    vision.showCode(text);
    await attempts.settle();
  };
  return { ...attempts, vision, hold };
}

describe('a badge held up to the camera', () => {
  it('says who comes and passes as the badge, together with the PIN', async () => {
    const { attempts, enrol, hold, admitted } = await room();
    const ada = await enrol(ADA, { face: false });
    const { id } = await attempts.begin('attend', KIOSK);
    await hold(ADA.badge);
    const view = await attempts.answer(id, { kind: 'pin', pin: ADA.pin });
    expect(view.phase).toBe('granted');
    expect(admitted).toMatchObject([
      {
        personId: ada.id,
        factors: [
          { kind: 'badge', outcome: 'passed' },
          { kind: 'pin', outcome: 'passed' },
        ],
      },
    ]);
  });

  it('counts like any wrong badge when nobody has it, and tells nothing', async () => {
    const { attempts, enrol, hold } = await room();
    await enrol(ADA, { face: false });
    const { id } = await attempts.begin('attend', KIOSK);
    await hold('04FFFFFFFF');
    expect(attempts.view(id)).toMatchObject({ phase: 'factors' });
    expect(attempts.view(id).person).toBeUndefined();
    expect(await attempts.answer(id, { kind: 'pin', pin: ADA.pin })).toMatchObject({
      message: { code: 'not_right' },
    });
  });

  it('is looked for only while an attempt is open at the kiosk itself, and never counts elsewhere', async () => {
    const { attempts, enrol, vision, hold } = await room();
    await enrol(ADA, { face: false });
    expect(vision.scanning).toBe(false);
    const remote = await attempts.begin('login', LAN);
    expect(vision.scanning).toBe(false);
    const { id } = await attempts.begin('attend', KIOSK);
    expect(vision.scanning).toBe(true);
    await attempts.begin('login', LAN);
    await hold(ADA.badge);
    expect(attempts.view(id).phase).toBe('factors');
    expect(attempts.view(remote.id).phase).toBe('identify');
    await attempts.cancel(id);
    expect(vision.scanning).toBe(false);
  });

  it('is no answer where none is asked for: another code in a hand harms nobody', async () => {
    const { attempts, enrol, hold, faults, regulation } = await room();
    const ada = await enrol(ADA, { face: false });
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: ADA.userName });
    for (const text of ['TICKET-1', 'TICKET-2', 'two words', 'x', 'TICKET-3', 'TICKET-4', 'TICKET-5', 'TICKET-6'])
      await hold(text);
    expect(regulation.locksOf(ada.id)).toEqual([]);
    expect(attempts.view(id).message).toBeUndefined();
    expect(faults).toEqual([]);
  });

  it('is never looked for where no policy uses a badge', async () => {
    const { attempts, vision } = await room({
      attend: [['pin']],
      login: [['password', 'otp']],
      door: [['password', 'otp']],
      admin: [['password', 'otp']],
    });
    await attempts.begin('attend', KIOSK);
    expect(vision.scanning).toBe(false);
  });

  it('is not looked for any more after stop', async () => {
    const { attempts, vision } = await room();
    await attempts.begin('attend', KIOSK);
    camera?.stop();
    expect(vision.scanning).toBe(false);
    await attempts.begin('attend', KIOSK);
    expect(vision.scanning).toBe(false);
  });
});
