import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { adminCode, runningDaemon } from '../../src/cli/control-file.js';
import { DaemonClient } from '../../src/cli/daemon-client.js';
import { enrolInto } from '../../src/cli/folder-target.js';
import { configSchema } from '../../src/config/schema.js';
import { quietStatus } from '../fakes/fake-kiosk.js';

const state = mkdtempSync(join(tmpdir(), 'vestibule-control-'));
const CODE = '0123456789ABCDEFGHJKMNPQRS';
writeFileSync(join(state, 'admin.code'), `${CODE}\n`, { mode: 0o600 });
let server: Server | undefined;
afterAll(() => rmSync(state, { recursive: true, force: true }));
afterEach(() => server?.close());

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Somebody who was added without a face. */
const DAN = {
  id: 'p_000000000004',
  name: 'Dan',
  createdAt: '2026-11-21T08:00:00Z',
  active: true,
  role: 'person',
  factors: { password: true, pin: false, badges: [], totp: false, recoveryCodesLeft: 0, face: false, pose: false },
  setup: { complete: true, required: [], done: [] },
  locks: [],
  sessions: 0,
};

/** A kiosk that keeps its persons and answers in the form of the HTTP contract. */
async function kiosk(...more: (typeof DAN)[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const people = [
    {
      id: 'p_000000000001',
      name: 'Ada',
      createdAt: '2026-11-21T08:00:00Z',
      active: true,
      role: 'person',
      factors: { password: false, pin: false, badges: [], totp: false, recoveryCodesLeft: 0, face: true, pose: false },
      setup: { complete: true, required: [], done: [] },
      locks: [],
      sessions: 0,
    },
    ...more,
  ];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      seen.push({ line, headers: request.headers, body: Buffer.concat(chunks) });
      const answer = (status: number, body?: object) => response.writeHead(status).end(body && JSON.stringify(body));
      if (request.headers.authorization !== `Bearer ${CODE}`)
        return answer(401, { error: 'admin_required', message: 'The admin code is wrong.', mend: 'Look it up.' });
      if (line === 'GET /api/v1/admin/status') return answer(200, quietStatus());
      if (line === 'GET /api/v1/admin/people') return answer(200, { people });
      if (line === 'DELETE /api/v1/admin/people/p_000000000001') {
        people.length = 0;
        return answer(204);
      }
      if (line.startsWith('DELETE /api/v1/admin'))
        return answer(404, { error: 'person_unknown', message: 'There is nobody of this id.', mend: 'Look.' });
      const invitation = { code: 'AAAA-BBBB-CCCC-DDDD', expiresAt: '2026-11-24T08:00:00Z' };
      if (line === 'POST /api/v1/admin/people')
        return answer(201, { person: { id: 'p_000000000003', name: 'Cy' }, invitation });
      if (line === 'POST /api/v1/admin/people/p_000000000001/invitation') return answer(201, invitation);
      if (line === 'POST /api/v1/admin/people/p_000000000009/unlock')
        return answer(404, { error: 'person_unknown', message: 'There is nobody of this id.', mend: 'Look.' });
      if (line === 'POST /api/v1/enrolments') return answer(201, { id: 'e1', needed: 3 });
      if (line === 'POST /api/v1/enrolments/e1/photos') return answer(200, { accepted: true, count: 1, needed: 3 });
      if (line === 'POST /api/v1/enrolments/e1/commit')
        return answer(201, { person: { id: 'p_000000000002', name: 'Bea' }, warnings: ['similar_person'] });
      return answer(204);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, seen };
}

describe('a running kiosk', () => {
  it('is found by its control file, and only while its process lives', () => {
    const file = join(state, 'control.json');
    expect(runningDaemon(state)).toBeUndefined();
    writeFileSync(file, JSON.stringify({ url: 'http://127.0.0.1:8080', pid: process.pid }));
    expect(runningDaemon(state)).toEqual({ url: 'http://127.0.0.1:8080', pid: process.pid });
    writeFileSync(file, JSON.stringify({ url: 'http://127.0.0.1:8080', pid: 4_194_305 }));
    expect(runningDaemon(state)).toBeUndefined();
    writeFileSync(file, JSON.stringify({ url: 'file:///etc/passwd', pid: process.pid }));
    expect(runningDaemon(state)).toBeUndefined();
    writeFileSync(file, '{');
    expect(runningDaemon(state)).toBeUndefined();
  });

  it('has an admin code, or a message that says where it comes from', () => {
    expect(adminCode(state)).toBe(CODE);
    expect(() => adminCode(join(state, 'absent'))).toThrow(/makes one at its first start/);
    const empty = mkdtempSync(join(tmpdir(), 'vestibule-code-'));
    writeFileSync(join(empty, 'admin.code'), '\n');
    chmodSync(join(empty, 'admin.code'), 0o600);
    expect(() => adminCode(empty)).toThrow(/is empty/);
    rmSync(empty, { recursive: true });
  });

  it('lists, removes and enrols with the admin code and its own origin', async () => {
    const { url, seen } = await kiosk();
    const client = new DaemonClient({ url, pid: 1 }, state);
    expect((await client.people()).map(({ name }) => name)).toEqual(['Ada']);
    await client.removePerson('p_000000000001');
    expect(await client.people()).toEqual([]);
    const consent = { accepted: true, textVersion: '1', language: 'en' } as const;
    const { id } = await client.begin({ name: 'Bea', consent });
    expect(await client.addPhoto(id, new Uint8Array([0xff, 0xd8]))).toMatchObject({ accepted: true });
    await client.addPhoto(id, new Uint8Array([0x89, 0x50]));
    expect(await client.commit(id)).toMatchObject({ warnings: ['similar_person'] });
    await client.cancel(id);
    expect(seen.map(({ headers }) => headers['content-type']).filter(Boolean)).toEqual([
      'application/json',
      'image/jpeg',
      'image/png',
    ]);
    for (const { headers } of seen) expect(headers).toMatchObject({ authorization: `Bearer ${CODE}`, origin: url });
  });

  it('enrols a folder: who has a face is skipped, who is known without one gets it, others are new', async () => {
    const { url, seen } = await kiosk(DAN);
    const root = mkdtempSync(join(tmpdir(), 'vestibule-photos-'));
    for (const name of ['Ada', 'Bea', 'Dan']) writeFileSync(join(root, `${name}.jpg`), Buffer.from([0xff, 0xd8, 0xff]));
    writeFileSync(join(state, 'control.json'), JSON.stringify({ url, pid: process.pid }));
    const config = configSchema.parse({ zone: 'Europe/Berlin', stateDirectory: state });
    const order = { root, consentVersion: '1', language: 'en', dryRun: false, refuseSimilar: false } as const;
    const reports: string[] = [];
    for await (const report of enrolInto(config, order))
      if (report.kind !== 'gallery') reports.push(`${report.kind} ${report.name}`);
    expect(reports).toEqual(['skipped Ada', 'photo Bea', 'enrolled Bea', 'photo Dan', 'enrolled Dan']);
    const begun = seen
      .filter(({ line }) => line === 'POST /api/v1/enrolments')
      .map(({ body }) => JSON.parse(`${body}`));
    const consent = { accepted: true, textVersion: '1', language: 'en' };
    expect(begun).toEqual([
      { name: 'Bea', consent },
      { name: 'Dan', personId: DAN.id, consent },
    ]);
    rmSync(root, { recursive: true });
    rmSync(join(state, 'control.json'));
  });

  it('refuses in the words of the kiosk, and a silent one is named', async () => {
    const { url } = await kiosk();
    const client = new DaemonClient({ url, pid: 1 }, state);
    await expect(client.removePerson('p_000000000009')).rejects.toMatchObject({
      code: 'person_unknown',
      message: 'There is nobody of this id.',
    });
    await expect(client.removePerson('../../x')).rejects.toMatchObject({ code: 'person_unknown' });
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await expect(client.people()).rejects.toThrow(/does not answer/);
  });

  it('adds people, makes codes and unlocks, with its code and origin', async () => {
    const { url, seen } = await kiosk();
    const client = new DaemonClient({ url, pid: process.pid }, state);
    const added = await client.addPerson({ name: 'Cy', role: 'admin', userName: 'cy' });
    expect(added).toMatchObject({ person: { id: 'p_000000000003' }, invitation: { code: 'AAAA-BBBB-CCCC-DDDD' } });
    expect(await client.invite('p_000000000001', 'reset')).toMatchObject({ code: 'AAAA-BBBB-CCCC-DDDD' });
    await client.unlock('p_000000000001');
    await expect(client.unlock('p_000000000009')).rejects.toMatchObject({ code: 'person_unknown' });
    expect(seen.map(({ line, body }) => [line, body.toString()]).slice(0, 3)).toEqual([
      ['POST /api/v1/admin/people', '{"name":"Cy","role":"admin","userName":"cy"}'],
      ['POST /api/v1/admin/people/p_000000000001/invitation', '{"kind":"reset"}'],
      ['POST /api/v1/admin/people/p_000000000001/unlock', ''],
    ]);
    for (const { headers } of seen) expect(headers).toMatchObject({ authorization: `Bearer ${CODE}`, origin: url });
  });
});
