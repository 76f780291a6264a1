/**
 * Draws the demo's enrolment pictures in a process of its own and sends them to the daemon, one person a message.
 * Drawing takes 100 MB for a moment; in the daemon that memory would stay resident for ever.
 */
import { demoEnrolments } from './adapters/demo-enrolment.js';

/** One person of the demo with his pictures (PNG). */
export interface DemoPictures {
  readonly name: string;
  readonly photos: readonly Uint8Array[];
}

const send = (message: DemoPictures): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });

process.once('disconnect', () => process.exit(0));
for (const somebody of demoEnrolments()) await send({ name: somebody.name, photos: await somebody.photos() });
process.disconnect();
