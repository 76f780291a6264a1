import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DemoEnrolment } from '../../src/kiosk-demo.js';
import { createLogger } from '../../src/log/logger.js';
import { enrolledState } from '../fakes/enrolled.js';
import { eventually } from '../support/real-time.js';

const program = process.execPath;
let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let logged: string[];
let demo: DemoEnrolment;

beforeEach(async () => {
  kiosk = await enrolledState();
  await kiosk.vision.start();
  logged = [];
  const log = createLogger({
    level: 'info',
    journal: false,
    pretty: false,
    destination: { write: (line: string) => void logged.push(line) },
  });
  demo = new DemoEnrolment({ ...kiosk, log });
});
afterEach(async () => {
  process.execPath = program;
  await kiosk.dispose();
});

describe('the enrolment of the demo people', () => {
  it('says that the process which draws them could not be started, and stops all the same', async () => {
    process.execPath = `${kiosk.directory}/no-such-program`;
    demo.start();
    await eventually('it is said', () => logged.some((line) => line.includes('ENOENT')), 3000);
    await demo.stop();
    expect(logged.filter((line) => line.includes('"warn"'))).toHaveLength(1);
  });

  it('begins although somebody without a face was added before, and not when somebody has one', async () => {
    process.execPath = `${kiosk.directory}/no-such-program`;
    const ada = await kiosk.people.add({ name: 'Ada' });
    demo.start();
    await eventually('it was tried', () => logged.some((line) => line.includes('ENOENT')), 3000);
    await demo.stop();
    const consent = { textVersion: '1', language: 'en', recordedBy: 'person' as const };
    await kiosk.people.update(ada.id, { consent });
    const log = createLogger({
      level: 'info',
      journal: false,
      pretty: false,
      destination: { write: (line: string) => void logged.push(line) },
    });
    logged.length = 0;
    const second = new DemoEnrolment({ ...kiosk, log });
    second.start();
    await second.stop();
    expect(logged).toEqual([]);
  });

  it('stops although that process could not be started in the same moment', async () => {
    process.execPath = `${kiosk.directory}/no-such-program`;
    demo.start();
    await demo.stop();
    expect(kiosk.people.list()).toEqual([]);
  });
});
