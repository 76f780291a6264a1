import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { Moment } from '../../src/domain/moment.js';
import { momentSchema, type WireMoment } from '../../src/http/contract.js';
import { EventStream, MAX_LISTENERS } from '../../src/http/event-stream.js';
import { openApiDocument } from '../../src/http/openapi.js';
import { apiRoutes } from '../../src/http/routes.js';
import { MAX_VIEWERS, VideoFeed } from '../../src/http/video-feed.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { PAGE_STATES } from '../ui/page-states.js';
import { ask } from './asked.js';
import { serve } from './served.js';

let served: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.stop());

/** Opens a stream; `read` waits until the text received contains the wanted part. */
async function open(path: string) {
  const ending = new AbortController();
  const response = await fetch(`${served.url}${path}`, { signal: ending.signal });
  const reader = response.body!.getReader();
  let text = '';
  return {
    response,
    async read(wanted: string): Promise<string> {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`ended without ${wanted}: ${text}`);
        text += Buffer.from(value).toString('latin1');
      }
      return text;
    },
    close: () => ending.abort(),
  };
}

describe('events', () => {
  it('begin with the present values and follow every change, one after the other', async () => {
    served.kiosk.show({ kind: 'guidance', code: 'too_far' });
    const stream = await open('/api/v1/events');
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const first = await stream.read('too_far');
    expect(first).toMatch(
      /retry: \d+\n\nid: \d+\nevent: status\ndata: \{.*\n\nid: \d+\nevent: moment\ndata: \{.*\}\n\n/,
    );
    served.kiosk.show({ kind: 'refused', reason: 'no_match' });
    served.kiosk.become({ clock: { sync: 'none' } });
    const all = await stream.read('"clock":{"sync":"none"}');
    const ids = [...all.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(all.indexOf('no_match')).toBeGreaterThan(all.indexOf('too_far'));
    stream.close();
  });

  it('refuse one page too many and let it in when another has gone', async () => {
    const streams = await Promise.all(Array.from({ length: MAX_LISTENERS }, () => open('/api/v1/events')));
    const refused = await fetch(`${served.url}/api/v1/events`);
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([503, 'too_many_pages']);
    streams[0]!.close();
    await expect
      .poll(async () => {
        const again = await open('/api/v1/events');
        again.close();
        return again.response.status;
      })
      .toBe(200);
    for (const stream of streams) stream.close();
  });

  it('an attempt that the camera began is told to the page of the kiosk itself only, by every route', async () => {
    const origin = 'https://kiosk.example';
    const both = await serve([origin]);
    const attempt = { kind: 'attempt', attemptId: 'secret-of-the-attempt' } as const;
    both.kiosk.onChoose = () => attempt;
    const there = { Host: 'kiosk.example', Origin: origin };
    const here = { Host: both.host, Origin: both.url };
    /** Raw text of the stream so far. */
    const listen = (headers: Record<string, string>) => {
      const socket = connect(both.port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET /api/v1/events HTTP/1.1\r\n${lines.join('')}\r\n`);
      return { text: () => text, close: () => socket.destroy() };
    };
    both.kiosk.show(attempt);
    const streams = [listen(here), listen(there)] as const;
    for (const stream of streams) await expect.poll(stream.text).toContain('event: moment');
    both.kiosk.show({ kind: 'guidance', code: 'too_far' });
    both.kiosk.show(attempt);
    both.kiosk.show({ kind: 'refused', reason: 'no_match' });
    for (const stream of streams) await expect.poll(stream.text).toContain('no_match');
    expect(streams.map(({ text }) => text().split(attempt.attemptId).length - 1)).toEqual([2, 0]);
    expect(streams[1].text().split('{"kind":"idle"}').length - 1).toBe(2);
    both.kiosk.show(attempt);
    for (const [headers, shown] of [
      [here, attempt],
      [there, { kind: 'idle' }],
    ] as const) {
      const state = await ask(both, 'GET /api/v1/state', headers);
      expect(JSON.parse(state.body)).toMatchObject({ moment: shown });
      const json = { ...headers, 'Content-Type': 'application/json' };
      const chosen = await ask(both, 'POST /api/v1/attempts/a/direction', json, '{"direction":"check_in"}');
      expect(JSON.parse(chosen.body)).toEqual({ moment: shown });
    }
    for (const stream of streams) stream.close();
    await both.stop();
  });

  it('a moment of the domain is a moment of the contract', () => {
    expectTypeOf<Moment>().toExtend<WireMoment>();
    for (const { moment } of PAGE_STATES) expect(momentSchema.parse(moment)).toEqual(moment);
  });
});

describe('live view', () => {
  it('passes the pictures on and stops asking for them when nobody looks', async () => {
    const stream = await open('/video_feed');
    await expect.poll(() => served.kiosk.viewers).toBe(1);
    served.kiosk.picture(Buffer.from('first-picture'));
    served.kiosk.picture(Buffer.from('second-picture'));
    const text = await stream.read('second-picture');
    expect(text).toContain('--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 13\r\n\r\nfirst-picture\r\n--frame');
    stream.close();
    await expect.poll(() => served.kiosk.viewers).toBe(0);
  });

  it('a viewer that does not read skips pictures and costs no memory; at most eight look', async () => {
    const lazy = connect(served.port, '127.0.0.1');
    lazy.write(`GET /video_feed HTTP/1.1\r\nHost: ${served.host}\r\n\r\n`);
    lazy.pause();
    await expect.poll(() => served.kiosk.viewers).toBe(1);
    for (let i = 0; i < 300; i++) {
      served.kiosk.picture(Buffer.alloc(200_000, 1));
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const others = await Promise.all(Array.from({ length: MAX_VIEWERS - 1 }, () => open('/video_feed')));
    expect((await fetch(`${served.url}/video_feed`)).status).toBe(503);
    // 60 MB were offered. What arrives once the viewer reads again is what had been kept for it.
    let kept = 0;
    lazy.on('data', (chunk) => {
      kept += chunk.length;
    });
    lazy.resume();
    let last = -1;
    while (kept !== last) {
      last = kept;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(kept).toBeGreaterThan(200_000);
    expect(kept).toBeLessThan(20e6);
    lazy.destroy();
    for (const other of others) other.close();
    await expect.poll(() => served.kiosk.viewers).toBe(0);
  });
});

describe('health and documents', () => {
  it('readiness names the part that does not work', async () => {
    expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ ok: true });
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    served.kiosk.become({ storage: { ok: false, alarms: [] } });
    const response = await fetch(`${served.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ok: false, parts: { vision: true, camera: true, storage: false } });
  });

  it('docs/openapi.json and docs/http.md are those of the route table', async () => {
    const kiosk = new FakeKiosk();
    const routes = apiRoutes(kiosk, new EventStream(kiosk), new VideoFeed(kiosk));
    const document = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
    await expect(document).toMatchFileSnapshot('../../docs/openapi.json');
    const shown = await fetch(`${served.url}/api/v1/openapi.json`);
    expect([shown.status, await shown.json()]).toEqual([200, JSON.parse(document)]);
    const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
    for (const { method, path, rule } of routes) {
      const line = page
        .split('\n')
        .find((l) => l.includes(`${method} \`${path}\``) || l.includes(`${method} \`${path}?`));
      expect(`${path} ${line?.split('|')[2]?.trim()}`).toBe(`${path} ${rule}`);
    }
  });
});
