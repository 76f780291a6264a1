import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { freePort } from './mosquitto.js';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, 'node_modules/.bin/prism');

/** Twilio's own description of one of its interfaces, in the data beside the project. */
export function twilioDocument(name: 'twilio_verify_v2.json' | 'twilio_api_v2010.json'): string {
  return resolve(root, '../shared/data/twilio', name);
}

export const PRISM_READY =
  existsSync(program) &&
  existsSync(twilioDocument('twilio_verify_v2.json')) &&
  existsSync(twilioDocument('twilio_api_v2010.json'));

export interface Prism {
  readonly url: string;
  stop(): Promise<void>;
}

/** A mock that answers with the examples of an OpenAPI document and refuses requests that do not fit it. */
export async function startPrism(document: string): Promise<Prism> {
  const port = await freePort();
  const child = spawn(process.execPath, [program, 'mock', '-h', '127.0.0.1', '-p', String(port), document], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((ready, fail) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += String(chunk);
      if (text.includes('Prism is listening')) ready();
      text = text.slice(-200);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`Prism ended with ${code}: ${text}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
