import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionPurpose } from '../../src/http/contract-login.js';
import type { PoseSetup, Profile } from '../../src/http/contract-people.js';
import { poseSetupSchema } from '../../src/http/contract-people.js';
import { anna, ben } from '../fakes/fake-people.js';
import { ask } from './asked.js';
import { serve } from './served.js';

const CONSENT = { consent: { accepted: true, textVersion: '2026-11-21', language: 'en' } };

let it_: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  it_ = await serve([], { lan: true });
});
afterAll(() => it_.stop());
beforeEach(() => {
  it_.kiosk.login.people = [anna(), ben()];
});

/** Somebody with a session at the kiosk, or in a browser of the network. */
function somebody(purpose: SessionPurpose, fresh: boolean, from: 'kiosk' | 'lan' = 'kiosk') {
  const { tokens } = it_.kiosk.login.sessions.issue(it_.kiosk.login.people[0]!, purpose, { fresh });
  const lan = from === 'lan';
  const headers = {
    Host: lan ? it_.lan.host : it_.host,
    Origin: lan ? it_.lan.origin : it_.url,
    Cookie: `${lan ? '__Host-' : ''}vestibule-access=${tokens.accessToken}`,
    'Content-Type': 'application/json',
  };
  return async <T = PoseSetup>(line: string, body?: object) => {
    const target = lan ? { port: it_.lan.port, tls: true } : it_;
    const answer = await ask(target, line, headers, body === undefined ? '' : JSON.stringify(body));
    return { status: answer.status, body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as T };
  };
}

describe('body motion over HTTP', () => {
  it('is set up by takes, one press each, and shown in the profile', async () => {
    const page = somebody('login', false);
    const begun = await page('POST /api/v1/me/pose', CONSENT);
    expect(begun.status).toBe(201);
    const { id, needed } = begun.body;
    for (let n = 1; n <= needed; n++) {
      const taking = await page(`POST /api/v1/me/pose/${id}/take`);
      expect([taking.status, taking.body.phase]).toEqual([200, 'taking']);
      const { status, body } = await page(`GET /api/v1/me/pose/${id}`);
      expect([status, body.taken, body.phase]).toEqual([200, n, n === needed ? 'done' : 'ready']);
      expect(poseSetupSchema.parse(body)).toEqual(body);
    }
    const { body: profile } = await page<Profile>('GET /api/v1/me');
    expect(profile).toMatchObject({ factors: { pose: true }, poseOffered: true });
    expect((await page('DELETE /api/v1/me/pose')).status).toBe(204);
    expect((await page<Profile>('GET /api/v1/me')).body.factors.pose).toBe(false);
  });

  it('says why a take does not count', async () => {
    const page = somebody('login', false);
    const { id } = (await page('POST /api/v1/me/pose', CONSENT)).body;
    it_.kiosk.login.own.poseSays = { refused: 'pose_still', hint: 'show_shoulders' };
    await page(`POST /api/v1/me/pose/${id}/take`);
    const { body } = await page(`GET /api/v1/me/pose/${id}`);
    expect(body).toMatchObject({ phase: 'ready', taken: 0, refused: 'pose_still', hint: 'show_shoulders' });
    it_.kiosk.login.own.poseSays = {};
  });

  it('needs consent, and two fresh factors where there is one already, except while a registration is finished', async () => {
    const stale = somebody('login', false);
    for (const body of [{}, { consent: { ...CONSENT.consent, accepted: false } }, { ...CONSENT, more: 1 }])
      expect((await stale('POST /api/v1/me/pose', body)).status).toBe(400);
    it_.kiosk.login.people[0]!.pose = true;
    for (const line of ['POST /api/v1/me/pose', 'POST /api/v1/me/pose/o1/take']) {
      const refused = await stale<{ error: string }>(line, CONSENT);
      expect([refused.status, refused.body.error]).toEqual([403, 'factors_missing']);
    }
    expect((await somebody('login', true)('POST /api/v1/me/pose', CONSENT)).status).toBe(201);
    expect((await somebody('setup', false)('POST /api/v1/me/pose', CONSENT)).status).toBe(201);
  });

  it('is of the kiosk only: its camera sees nobody at another browser, where it can be deleted all the same', async () => {
    it_.kiosk.login.people[0]!.pose = true;
    const remote = somebody('login', true, 'lan');
    const lines = ['POST /api/v1/me/pose', 'POST /api/v1/me/pose/o1/take', 'GET /api/v1/me/pose/o1'];
    for (const line of lines) {
      const { status, body } = await remote<{ error: string }>(line, CONSENT);
      expect([status, body.error]).toEqual([403, 'kiosk_only']);
    }
    expect((await remote('DELETE /api/v1/me/pose')).status).toBe(204);
    expect(it_.kiosk.login.people[0]!.pose).toBe(false);
  });
});
