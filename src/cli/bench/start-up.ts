import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { VestibuleError } from '../../domain/errors.js';
import { startVestibule } from './child.js';

/** Milliseconds from the start of the process. */
export interface StartTimes {
  readonly pageMs: number;
  /** A person is shown as recorded (or as already recorded a moment ago). */
  readonly recognisedMs: number;
}

const GIVE_UP_MS = 40_000;
const LOOK_EVERY_MS = 10;

/** Starts the built kiosk on the demo camera, takes the times at its page, and stops it. */
export async function timeStart(configFile: string): Promise<StartTimes> {
  const port = await freePort();
  const begun = performance.now();
  const child = startVestibule(['start', '--config', configFile, '--camera', 'demo', '--port', String(port)]);
  const late = AbortSignal.timeout(GIVE_UP_MS);
  try {
    while ((await ask(port, '/'))?.statusCode !== 200) {
      if (child.exitCode !== null) throw new VestibuleError('input_invalid', 'The kiosk ended while it started.');
      late.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
    const pageMs = performance.now() - begun;
    const events = await ask(port, '/api/v1/events', true);
    if (events === undefined) throw new VestibuleError('input_invalid', 'The page of the kiosk sends no events.');
    const giveUp = (): unknown => events.destroy(new Error(`Nobody was recognised within ${GIVE_UP_MS / 1000} s.`));
    late.addEventListener('abort', giveUp);
    let text = '';
    for await (const chunk of events) {
      text += String(chunk);
      if (/"kind":"(done|duplicate)"/.test(text)) break;
    }
    late.removeEventListener('abort', giveUp);
    return { pageMs, recognisedMs: performance.now() - begun };
  } finally {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
  }
}

/** The answer to a GET, undefined while nobody listens. The body is dropped unless `keep`. */
function ask(port: number, path: string, keep = false): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      if (!keep) answer.resume();
      resolve(answer);
    }).on('error', () => resolve(undefined));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
