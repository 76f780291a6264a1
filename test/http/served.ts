import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SelfSignedCertificate } from '../../src/adapters/certificate-selfsigned.js';
import { createHttpServer } from '../../src/http/server.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';

/** The real server over a fake kiosk, with pages of one line; `lan`: with the listener for other browsers too. */
export async function serve(origins: readonly string[] = [], options: { readonly lan?: boolean } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-http-'));
  for (const page of ['index', 'admin', 'login'])
    await writeFile(join(directory, `${page}.html`), `<!doctype html><title>${page}</title>`);
  const kiosk = new FakeKiosk();
  const hosts = ['kiosk.test', '127.0.0.1'];
  const certificate = new SelfSignedCertificate({ directory, clock: new FakeClock(), hosts: () => hosts });
  const lan = { host: '127.0.0.1', port: 0, names: ['kiosk.test'], certificate };
  const server = createHttpServer(kiosk, {
    host: '127.0.0.1',
    port: 0,
    origins,
    uiDirectory: directory,
    ...(options.lan === true && { lan }),
  });
  const { url, lanUrl } = await server.start();
  const lanPort = Number(new URL(lanUrl ?? 'https://none:1').port);
  return {
    kiosk,
    server,
    url,
    host: new URL(url).host,
    port: Number(new URL(url).port),
    lan: { port: lanPort, host: `kiosk.test:${lanPort}`, origin: `https://kiosk.test:${lanPort}` },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
