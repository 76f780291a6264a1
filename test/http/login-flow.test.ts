import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptAnswer, SessionView } from '../../src/http/contract-login.js';
import { serve } from './served.js';

let it_: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  it_ = await serve();
});
afterAll(() => it_.stop());

/** A browser: keeps the cookies and sends the Origin of the page. */
function browser(start: Record<string, string> = {}) {
  const cookies = new Map(Object.entries(start));
  return {
    cookies,
    async ask(method: string, path: string, body?: object) {
      const response = await fetch(`${it_.url}${path}`, {
        method,
        headers: {
          Origin: it_.url,
          Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const [name = '', value = ''] = pair.split('=');
        if (line.includes('Max-Age=0')) cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      return { response, status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
    },
  };
}

async function logIn(page: ReturnType<typeof browser>, client?: 'api', purpose = 'login'): Promise<AttemptAnswer> {
  const begun = await page.ask('POST', '/api/v1/attempts', { purpose, ...(client && { client }) });
  const { attempt } = begun.body as AttemptAnswer;
  const path = `/api/v1/attempts/${attempt.id}`;
  const userName = purpose === 'admin' ? 'ben' : 'Anna';
  const password = purpose === 'admin' ? 'seven-quiet-bridges' : 'blue-lamp-over-water';
  await page.ask('POST', `${path}/identity`, { userName });
  await page.ask('POST', `${path}/factors`, { kind: 'password', password });
  await page.ask('POST', `${path}/code`, { channel: 'twilio-verify-sms' });
  const wrong = (await page.ask('POST', `${path}/factors`, { kind: 'otp', code: '000000' })).body as AttemptAnswer;
  expect(wrong.attempt.message?.code).toBe('code_wrong');
  return (await page.ask('POST', `${path}/factors`, { kind: 'otp', code: '314159' })).body as AttemptAnswer;
}

describe('a login over HTTP', () => {
  it('ends in cookies for a page: the own page opens, logging out closes it', async () => {
    const page = browser();
    expect((await page.ask('GET', '/api/v1/session')).status).toBe(401);
    const granted = await logIn(page);
    expect(granted.attempt.phase).toBe('granted');
    expect(granted.tokens).toBeUndefined();
    expect([...page.cookies.keys()].sort()).toEqual(['vestibule-access', 'vestibule-refresh']);
    const session = (await page.ask('GET', '/api/v1/session')).body as SessionView;
    expect(session).toMatchObject({ purpose: 'login', role: 'person', fresh: true });
    expect((await page.ask('GET', '/api/v1/me')).status).toBe(200);
    expect((await page.ask('GET', '/api/v1/me/times?range=month&day=2026-11-01')).status).toBe(200);
    expect((await page.ask('GET', '/api/v1/me/times?range=year')).status).toBe(400);
    const sessions = it_.kiosk.login.sessions.countOf('p_000000000001');
    expect((await page.ask('DELETE', '/api/v1/session')).status).toBe(204);
    expect(page.cookies.size).toBe(0);
    expect(it_.kiosk.login.sessions.countOf('p_000000000001')).toBe(sessions - 1);
    expect((await page.ask('GET', '/api/v1/me')).status).toBe(401);
  });

  it('goes on while somebody types', async () => {
    const page = browser();
    const { attempt } = (await page.ask('POST', '/api/v1/attempts', { purpose: 'login' })).body as AttemptAnswer;
    const { touches } = it_.kiosk.login.attempts;
    expect((await page.ask('POST', `/api/v1/attempts/${attempt.id}/touch`)).status).toBe(204);
    expect(touches).toEqual([attempt.id]);
    expect((await page.ask('POST', '/api/v1/attempts/another/touch')).status).toBe(410);
    await page.ask('DELETE', `/api/v1/attempts/${attempt.id}`);
  });

  it('ends in tokens for a program, in one answer only', async () => {
    const client = browser();
    const { attempt, tokens } = await logIn(client, 'api');
    expect(client.cookies.size).toBe(0);
    expect(tokens?.tokenType).toBe('Bearer');
    const again = await client.ask('GET', `/api/v1/attempts/${attempt.id}`);
    expect((again.body as AttemptAnswer).tokens).toBeUndefined();
    const me = await fetch(`${it_.url}/api/v1/me`, { headers: { Authorization: `Bearer ${tokens?.accessToken}` } });
    expect(me.status).toBe(200);
    const renewed = await client.ask('POST', '/api/v1/session/refresh', { refreshToken: tokens?.refreshToken });
    expect(renewed.status).toBe(200);
    expect((renewed.body as { tokens: object }).tokens).toBeDefined();
    const reused = await client.ask('POST', '/api/v1/session/refresh', { refreshToken: tokens?.refreshToken });
    expect(reused.status).toBe(401);
  });

  it('renews by the cookie; a refresh token that was used takes the cookies away', async () => {
    const page = browser();
    await logIn(page);
    const former = new Map(page.cookies);
    expect((await page.ask('POST', '/api/v1/session/refresh', {})).status).toBe(200);
    expect(page.cookies.get('vestibule-refresh')).not.toBe(former.get('vestibule-refresh'));
    expect((await page.ask('GET', '/api/v1/me')).status).toBe(200);
    const thief = browser(Object.fromEntries(former));
    expect((await thief.ask('POST', '/api/v1/session/refresh', {})).status).toBe(401);
    expect(thief.cookies.size).toBe(0);
    expect((await page.ask('GET', '/api/v1/me')).status).toBe(401);
  });

  it('logging out with an access token that died of age ends the session all the same', async () => {
    const page = browser();
    await logIn(page);
    const open = it_.kiosk.login.sessions.newest()!;
    page.cookies.delete('vestibule-access');
    expect((await page.ask('DELETE', '/api/v1/session')).status).toBe(204);
    expect(it_.kiosk.login.sessions.ended).toContain(open);
  });

  it('another login in the same browser ends the former session', async () => {
    const page = browser();
    await logIn(page);
    const former = it_.kiosk.login.sessions.newest()!;
    const { purpose } = (await page.ask('GET', '/api/v1/session')).body as SessionView;
    expect(purpose).toBe('login');
    // The fake takes an attempt with a session for a step-up; a machine that opens another one is asked here.
    it_.kiosk.login.attempts.reopens = true;
    await logIn(page, undefined, 'admin');
    it_.kiosk.login.attempts.reopens = false;
    expect(it_.kiosk.login.sessions.ended).toContain(former);
    expect(((await page.ask('GET', '/api/v1/session')).body as SessionView).purpose).toBe('admin');
  });

  it('a registration opens a session that only finishes the set-up', async () => {
    const page = browser();
    const request = { name: 'Dora', userName: 'dora', password: 'nine-green-kettles', language: 'en' };
    const registered = await page.ask('POST', '/api/v1/registrations', request);
    expect(registered.status).toBe(201);
    expect(registered.body).toMatchObject({ session: { purpose: 'setup' }, setup: { complete: false } });
    expect((await page.ask('GET', '/api/v1/me')).status).toBe(200);
    expect((await page.ask('GET', '/api/v1/me/times')).status).toBe(403);
    expect((await page.ask('POST', '/api/v1/me/phone', { destination: '+4915112345678' })).status).toBe(200);
    expect((await page.ask('POST', '/api/v1/me/phone/confirm', { code: '246810' })).status).toBe(204);
    // A7: the number is in force now; without two fresh factors it stays.
    expect((await page.ask('POST', '/api/v1/me/phone', { destination: '+4915199999999' })).status).toBe(403);
    expect((await page.ask('POST', '/api/v1/me/phone/confirm', { code: '246810' })).status).toBe(403);
    expect((await page.ask('DELETE', '/api/v1/me/phone')).status).toBe(403);
  });
});
