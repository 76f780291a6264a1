import { spawn } from 'node:child_process';

const KEPT_LINES = 400;

/**
 * Runs a program without a shell; resolves with exit code and its last lines, never rejects. `onLine` sees every line.
 * After `limitMs` the whole process group is ended and `timedOut` is true.
 */
export function run(program, args, { cwd, env, onLine, limitMs, stdin = 'ignore' } = {}) {
  return new Promise((resolve) => {
    const lines = [];
    let timedOut = false;
    let child;
    try {
      child = spawn(program, args, { cwd, env, stdio: [stdin, 'pipe', 'pipe'], detached: limitMs !== undefined });
    } catch (error) {
      resolve({ code: 127, lines: [String(error)], timedOut });
      return;
    }
    const take = (stream) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        const parts = (rest + chunk).split(/\r?\n|\r/);
        rest = parts.pop() ?? '';
        for (const line of parts) keep(line);
      });
      stream.on('end', () => rest !== '' && keep(rest));
    };
    const keep = (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine?.(line);
    };
    take(child.stdout);
    take(child.stderr);
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            try {
              process.kill(-child.pid, 'SIGKILL');
            } catch {
              child.kill('SIGKILL');
            }
          }, limitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, lines: [...lines, String(error)], timedOut });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, lines, timedOut });
    });
  });
}
