import { duration } from './plan.mjs';

/** A step that cannot go on: what failed and how to mend it. */
export class SetupFailure extends Error {
  constructor(message, mend) {
    super(message);
    this.mend = mend;
  }
}

/**
 * Prints one line for each step. On a terminal the running step redraws its line; elsewhere it says a word every 20 s,
 * so that a log shows life.
 */
export function createReport(out = process.stdout, now = () => performance.now()) {
  let current = '';
  let startedAt = 0;
  let lastWord = 0;
  const redraw = (text) => {
    if (out.isTTY) out.write(`\r\u001b[2K  … ${text}`);
    else if (now() - lastWord > 20_000) {
      lastWord = now();
      out.write(`  … ${text}\n`);
    }
  };
  const close = (mark, text) => {
    if (out.isTTY) out.write('\r\u001b[2K');
    out.write(`  ${mark} ${text} (${duration(now() - startedAt)})\n`);
    current = '';
  };
  return {
    begin(name) {
      current = name;
      startedAt = now();
      lastWord = startedAt;
      if (out.isTTY) redraw(name);
      else out.write(`  … ${name}\n`);
    },
    progress(text) {
      redraw(`${current}: ${text}`);
    },
    done(text) {
      close('✓', text ?? current);
    },
    /** The step did not work out and the kiosk runs without it. */
    without(text) {
      close('!', text);
    },
    failed(text) {
      close('✗', text);
    },
  };
}
