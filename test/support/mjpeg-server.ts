import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'fakes', 'bin', 'mjpeg-server');

/**
 * A network camera in a process of its own: opening a capture blocks the loop of the process that opens it. Its address
 * carries credentials, so that tests see whether they leak.
 */
export async function startMjpegServer(jpegFile: string): Promise<{
  readonly url: string;
  /** Connections stay open, nothing more comes. */
  freeze(): void;
  /** Ends the server and its connections at once. */
  kill(): Promise<void>;
}> {
  const child = spawn(program, [], {
    env: { ...process.env, FAKE_MJPEG_JPEG: jpegFile },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: `http://user:secret@127.0.0.1:${Number(port.toString())}/video`,
    freeze: () => child.stdin.write('freeze\n'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
