/**
 * A whole kiosk that measures itself, in a process of its own: `node kiosk.js <configuration file> [viewer] [loop]
 * [punches]`: with somebody who watches the live view, with the delay of the event loop sampled (which costs CPU time
 * itself), with punches recorded steadily beside those of the camera (the visits' times mean nothing then).
 *
 * Answers the words `up`, `reset`, `figures` of its parent. It is the daemon of `vestibule start`, with a listener for
 * results and previews and an MQTT subscriber beside it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectAsync } from 'mqtt';
import { loadConfig } from '../../config/load.js';
import { quantile } from '../../domain/statistics.js';
import { Kiosk } from '../../kiosk.js';
import { createLogger } from '../../log/logger.js';
import { SteadyPunches } from './steady-punches.js';
import { VisitTimes } from './visit-times.js';

/** Answer to `figures`; everything since the last `reset`. */
export interface KioskFigures {
  readonly seconds: number;
  readonly results: number;
  readonly capturedToResultP95Ms: number;
  readonly previewFps: number;
  readonly loopDelayP99Ms: number;
  /** From the order to record a steady punch to the durable event. */
  readonly appendMs: readonly number[];
  /** Punches that were not stored. */
  readonly appendFaults: number;
  /** Address of the listener for other browsers, where it is on. */
  readonly lanUrl?: string;
  readonly visits: number;
  /** From the first frame that shows the face to the message at a subscriber, one a visit. */
  readonly announcedMs: readonly number[];
  /** Number of the newest frame analysed. */
  readonly frame: number;
  readonly visionPid: number;
}

const [configFile = '', ...watched] = process.argv.slice(2);
const kiosk = new Kiosk({
  config: loadConfig({ file: configFile, env: {} }),
  log: createLogger({ level: 'error', journal: false, pretty: false }),
});
/** Sampled every millisecond; the reading is the time over it. */
const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const visits = new VisitTimes();
let latencies: number[] = [];
let previews = 0;
let frame = 0;
let since = performance.now();
let punches: SteadyPunches | undefined;
let lanUrl: string | undefined;
const mono = (): number => Number(process.hrtime.bigint()) / 1e6;

function reset(): void {
  latencies = [];
  previews = 0;
  visits.clear();
  punches?.clear();
  delay.reset();
  since = performance.now();
}

function figures(): KioskFigures {
  const seconds = (performance.now() - since) / 1000;
  return {
    seconds,
    results: latencies.length,
    capturedToResultP95Ms: quantile(latencies, 0.95),
    previewFps: previews / seconds,
    loopDelayP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
    appendMs: punches?.ms ?? [],
    appendFaults: punches?.faults ?? 0,
    ...(lanUrl !== undefined && { lanUrl }),
    visits: visits.count,
    announcedMs: visits.announcedMs,
    frame,
    visionPid: kiosk.vision?.pid ?? 0,
  };
}

async function up(): Promise<void> {
  const addresses = await kiosk.start();
  lanUrl = addresses.lanUrl;
  const { brokerUrl } = addresses;
  const { vision, rooms } = kiosk;
  if (brokerUrl === undefined || vision === undefined || rooms === undefined)
    throw new Error('The kiosk has no broker or no vision process.');
  const subscriber = await connectAsync(brokerUrl);
  subscriber.on('message', () => visits.announced(mono()));
  await subscriber.subscribeAsync('vestibule/v1/+/+/event/attendance', { qos: 1 });
  vision.onResult((result) => {
    latencies.push(mono() - result.capturedAt);
    frame = result.seq;
    visits.seen(result.capturedAt, result.faces.length > 0);
  });
  if (watched.includes('viewer')) {
    vision.preview(() => {
      previews += 1;
    });
  }
  while (frame === 0) await new Promise((later) => setTimeout(later, 20));
  if (watched.includes('loop')) delay.enable();
  if (watched.includes('punches')) punches = new SteadyPunches(rooms);
  reset();
}

process.on('message', (word: string) => {
  if (word === 'up') void up().then(() => process.send?.('up'));
  else if (word === 'reset') {
    reset();
    process.send?.('reset');
  } else process.send?.(figures());
});
process.on('SIGTERM', () => {
  punches?.stop();
  void kiosk.stop().then(() => process.exit(0));
});
