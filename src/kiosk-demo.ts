import { fork } from 'node:child_process';
import { on } from 'node:events';
import { toError } from './domain/errors.js';
import type { DemoPictures } from './kiosk-demo-pictures.js';
import type { Log } from './log/logger.js';
import type { Enrolments } from './people/enrolment.js';
import type { People } from './people/people.js';
import type { Vision } from './ports/vision.js';

/** Version named in the consent record of the demo's invented people. */
const DEMO_CONSENT = 'demo';
/** Drawing all pictures takes about a second; a machine ten times slower is still waited for. */
const PICTURES_DEADLINE_MS = 60_000;

const picturesFile = new URL('./kiosk-demo-pictures.js', import.meta.url);

/** Enrols the demo's people while nobody has a face yet, as soon as pictures can be analysed. */
export class DemoEnrolment {
  readonly #parts: {
    readonly vision: Vision;
    readonly enrolments: Enrolments;
    readonly people: People;
    readonly log: Log;
  };
  readonly #stop = new AbortController();
  #begun = false;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: { vision: Vision; enrolments: Enrolments; people: People; log: Log }) {
    this.#parts = parts;
  }

  start(): void {
    const { vision, people } = this.#parts;
    // An administrator who was added first, without a face, is no reason to show a demo that recognises nobody.
    if (people.list().some(({ consent }) => consent !== undefined)) return;
    vision.onStatus(() => this.#tryNow());
    this.#tryNow();
  }

  /** Breaks off; who is enrolled stays enrolled. */
  async stop(): Promise<void> {
    this.#begun = true;
    this.#stop.abort();
    await this.#work;
  }

  #tryNow(): void {
    const { vision, log } = this.#parts;
    if (this.#begun || vision.status().process !== 'running' || vision.status().pack === undefined) return;
    this.#begun = true;
    this.#work = this.#enrolAll().then(
      (count) => log.info('Demo people were enrolled', { count }),
      (error: unknown) => {
        if (!this.#stop.signal.aborted) log.warn('The demo people could not be enrolled', { error: toError(error) });
      },
    );
  }

  async #enrolAll(): Promise<number> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PICTURES_DEADLINE_MS)]);
    const child = fork(picturesFile, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      // A process that could not be started (no memory, too many processes) never exits.
      child.on('error', () => {
        if (child.pid === undefined) resolve();
      });
    });
    let count = 0;
    try {
      for await (const [message] of on(child, 'message', { signal, close: ['disconnect'] })) {
        if (await this.#enrol(message as DemoPictures, signal)) count++;
      }
    } finally {
      // Without a process id the signal would go to the kiosk's own process group.
      if (child.pid !== undefined) child.kill();
      await ended;
    }
    return count;
  }

  /** A picture that is refused is left out; somebody without an accepted picture is not enrolled. */
  async #enrol({ name, photos }: DemoPictures, signal: AbortSignal): Promise<boolean> {
    const { enrolments, log } = this.#parts;
    const { id } = enrolments.begin({
      name,
      consent: { textVersion: DEMO_CONSENT, language: 'en', recordedBy: 'demo' },
    });
    let accepted = 0;
    for (const photo of photos) {
      signal.throwIfAborted();
      const verdict = await enrolments.addPhoto(id, photo);
      if (verdict.accepted) accepted++;
      else log.debug('A demo picture was not accepted', { reason: verdict.reason });
    }
    if (accepted === 0) {
      enrolments.cancel(id);
      return false;
    }
    await enrolments.commit(id, { duplicates: 'warn', minPhotos: 1 });
    return true;
  }
}
