import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import type { CameraProbe } from './camera-source.js';

/** Looks at /dev, /sys and the programs of this machine. */
export class SystemCameraProbe implements CameraProbe {
  async list(directory: string): Promise<readonly string[]> {
    return readdir(directory).then(
      (names) => names.sort(),
      () => [],
    );
  }

  async text(file: string): Promise<string | undefined> {
    return readFile(file, 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
  }

  run(command: string, args: readonly string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      execFile(command, [...args], { timeout: 5000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
        resolve(error === null ? stdout + stderr : undefined);
      });
    });
  }
}
