import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptAnswer, AttemptView } from '../../src/http/contract-login.js';
import { attemptAnswerSchema } from '../../src/http/contract-login.js';
import type { HttpParts } from '../../src/http/parts.js';
import type { AttemptDesk, LoginParts } from '../../src/http/parts-login.js';
import { createHttpServer } from '../../src/http/server.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { someEvidence } from '../fakes/fake-liveness.js';
import { ADA, attemptRoom } from '../support/attempt-room.js';
import { ask } from './asked.js';
import { serve } from './served.js';

const kiosk = new FakeKiosk();
let room: Awaited<ReturnType<typeof attemptRoom>>;
let stop: () => Promise<void>;
let at: { port: number };
let page: Record<string, string>;

beforeAll(async () => {
  room = await attemptRoom({
    policy: {
      login: [
        ['password', 'pose'],
        ['password', 'otp'],
      ],
    },
  });
  await room.enrol(ADA);
  // The real attempts behind the real routes; no session is opened here.
  const login: LoginParts = {
    attempts: room.attempts as unknown as AttemptDesk,
    sessions: kiosk.login.sessions,
    registration: kiosk.login.registration,
    own: kiosk.login.own,
    administration: kiosk.login.administration,
  };
  const parts: HttpParts = new Proxy(kiosk, {
    get(target, key) {
      if (key === 'login') return login;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const server = createHttpServer(parts, {
    host: '127.0.0.1',
    port: 0,
    origins: ['https://kiosk.example'],
    uiDirectory: 'none',
  });
  const { url } = await server.start();
  stop = () => server.stop();
  at = { port: Number(new URL(url).port) };
  page = { Host: new URL(url).host, Origin: url, 'Content-Type': 'application/json' };
});
afterAll(() => stop());

async function post(path: string, body: object, headers = page) {
  const { status, body: text } = await ask(at, `POST /api/v1/attempts${path}`, headers, JSON.stringify(body));
  return { status, ...(JSON.parse(text) as { attempt: AttemptView; error?: string }) };
}

/** An attempt in which the pose is asked for. */
async function begun(): Promise<string> {
  const { attempt } = await post('', { purpose: 'login' });
  await post(`/${attempt.id}/identity`, { userName: 'ada' });
  await post(`/${attempt.id}/factors`, { kind: 'password', password: ADA.password });
  return attempt.id;
}

async function view(id: string): Promise<AttemptAnswer> {
  const { body } = await ask(at, `GET /api/v1/attempts/${id}`, page);
  return attemptAnswerSchema.parse(JSON.parse(body));
}

describe('POST /api/v1/attempts/:id/challenge', () => {
  it('begins the run, takes the prompts, and the end is seen by asking again', async () => {
    const id = await begun();
    expect((await view(id)).attempt.live).toMatchObject({ factor: 'pose', state: 'ready', level: 'full' });
    room.liveness.shows = {
      phase: 'prompt',
      prompt: { id: 'run.1', action: 'turn_left', number: 1, of: 3, moving: false, progress: 0, remainingMs: 2400 },
      progress: 0,
      hint: 'look_straight',
      skipsLeft: 2,
      remainingMs: 19_000,
    };
    const started = await post(`/${id}/challenge`, { do: 'start' });
    expect(started.status).toBe(200);
    expect(started.attempt.live).toMatchObject({ state: 'running', prompt: { id: 'run.1', action: 'turn_left' } });
    expect((await post(`/${id}/challenge`, { do: 'shown', id: 'run.1' })).status).toBe(200);
    expect((await post(`/${id}/challenge`, { do: 'skip', id: 'run.1' })).status).toBe(200);
    expect([room.liveness.shown, room.liveness.skipped]).toEqual([['run.1'], ['run.1']]);
    room.liveness.finish('failed', 'wrong_action');
    await room.settle();
    expect((await view(id)).attempt.message).toEqual({ code: 'not_live', detail: 'wrong_action' });
  });

  it('may be asked for every 150 ms for the whole of a run, by one page', async () => {
    const id = await begun();
    await post(`/${id}/challenge`, { do: 'start' });
    const statuses: number[] = [];
    for (let poll = 0; poll < 20_000 / 150; poll++)
      statuses.push((await ask(at, `GET /api/v1/attempts/${id}`, page)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it.each([
    ['nothing', {}],
    ['another word', { do: 'pass' }],
    ['no id', { do: 'shown' }],
    ['an id that is too long', { do: 'shown', id: 'x'.repeat(65) }],
    ['more than asked for', { do: 'start', outcome: 'passed' }],
  ])('refuses %s', async (_name, body) => {
    const id = await begun();
    expect(await post(`/${id}/challenge`, body)).toMatchObject({ status: 400, error: 'input_invalid' });
  });

  it('is for the page of the kiosk itself only', async () => {
    const id = await begun();
    const origin = { ...page, Host: 'kiosk.example', Origin: 'https://kiosk.example' };
    expect(await post(`/${id}/challenge`, { do: 'start' }, origin)).toMatchObject({
      status: 403,
      error: 'loopback_only',
    });
    const lan = await serve([], { lan: true });
    try {
      const there = { ...page, Host: lan.lan.host, Origin: lan.lan.origin };
      const target = { port: lan.lan.port, tls: true };
      const answer = await ask(target, `POST /api/v1/attempts/${id}/challenge`, there, '{"do":"start"}');
      expect(answer.status).toBe(403);
    } finally {
      await lan.stop();
    }
  });

  it('of an attempt that asks for no run, or that nobody knows, is refused', async () => {
    const { attempt } = await post('', { purpose: 'login' });
    expect(await post(`/${attempt.id}/challenge`, { do: 'start' })).toMatchObject({
      status: 400,
      error: 'input_invalid',
    });
    expect(await post('/no-such-attempt/challenge', { do: 'start' })).toMatchObject({ status: 410 });
  });
});

describe('GET /api/v1/admin/decisions', () => {
  it('shows records of liveness to administrators only', async () => {
    const evidence = someEvidence('liveness', 'failed');
    const factor = { kind: 'liveness', outcome: 'failed', reason: 'spoof_suspected' } as const;
    kiosk.rows = [
      {
        id: 'd1',
        at: '2026-11-21T09:00:00.000+01:00',
        outcome: 'denied',
        reason: 'cancelled',
        factors: ['liveness failed'],
        details: [{ ...factor, evidence: structuredClone(evidence) as never }],
      },
      { id: 'd2', at: '2026-11-21T08:00:00.000+01:00', outcome: 'denied', reason: 'timeout', factors: [] },
    ];
    const person = kiosk.login.people[0]!;
    const seenBy = async (role: 'operator' | 'manager' | 'admin' | 'code') => {
      const headers: Record<string, string> = { Host: page.Host!, Origin: page.Origin! };
      if (role === 'code') headers.Authorization = `Bearer ${kiosk.adminCode}`;
      else {
        person.role = role;
        const { tokens } = kiosk.login.sessions.issue(person, 'admin', { fresh: true });
        headers.Cookie = `vestibule-access=${tokens.accessToken}`;
      }
      const { status, body } = await ask(at, 'GET /api/v1/admin/decisions', headers);
      expect(status).toBe(200);
      return (JSON.parse(body) as { decisions: { details?: object[] }[] }).decisions[0]?.details;
    };
    expect(await seenBy('operator')).toEqual([factor]);
    expect(await seenBy('manager')).toEqual([factor]);
    expect(await seenBy('admin')).toEqual([{ ...factor, evidence }]);
    expect(await seenBy('code')).toEqual([{ ...factor, evidence }]);
  });
});
