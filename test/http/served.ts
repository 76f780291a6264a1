import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpServer } from '../../src/http/server.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';

/** The real server over a fake kiosk, with a page of one line. */
export async function serve(origins: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-http-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(directory, 'admin.html'), '<!doctype html><title>admin</title>');
  const kiosk = new FakeKiosk();
  const server = createHttpServer(kiosk, { host: '127.0.0.1', port: 0, origins, uiDirectory: directory });
  const { url } = await server.start();
  return {
    kiosk,
    server,
    url,
    host: new URL(url).host,
    port: Number(new URL(url).port),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
