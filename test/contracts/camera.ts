import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VestibuleError } from '../../src/domain/errors.js';
import type { Camera } from '../../src/ports/camera.js';

/** One source for the suite. */
export interface CameraWorld {
  readonly camera: Camera;
  /** The source hangs: it stays open and gives nothing. Absent where it cannot hang. */
  freeze?(): Promise<void>;
  close(): Promise<void>;
}

/** Every camera keeps these promises. */
export function cameraContract(name: string, open: () => Promise<CameraWorld>, options: { canFreeze: boolean }): void {
  describe(`${name} as a camera`, () => {
    let world: CameraWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      await world.camera.stop();
      await world.close();
    });

    it('gives whole frames, counted from 1, with rising monotonic times', async () => {
      await world.camera.start();
      const before = Number(process.hrtime.bigint()) / 1e6;
      const frames = [];
      for (let i = 0; i < 3; i++) frames.push(await world.camera.read(8000));
      expect(frames[0]!.seq).toBeGreaterThanOrEqual(1);
      for (const [i, frame] of frames.entries()) {
        if (i > 0) {
          expect(frame.seq).toBeGreaterThan(frames[i - 1]!.seq);
          expect(frame.capturedAt).toBeGreaterThanOrEqual(frames[i - 1]!.capturedAt);
        }
        expect(frame.width).toBeGreaterThan(0);
        if (frame.format === 'bgr') expect(frame.bytes.length).toBe(frame.width * frame.height * 3);
        else {
          expect([...frame.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
          expect([...frame.bytes.subarray(-2)]).toEqual([0xff, 0xd9]);
        }
      }
      const now = Number(process.hrtime.bigint()) / 1e6;
      expect(frames[2]!.capturedAt).toBeGreaterThan(before - 2000);
      expect(frames[2]!.capturedAt).toBeLessThanOrEqual(now);
    });

    it('stops twice, before a start and while a read is pending, and starts again from frame 1', async () => {
      await world.camera.stop();
      await world.camera.start();
      await world.camera.read(8000);
      const pending = world.camera.read(3000).catch((error: VestibuleError) => error.code);
      await world.camera.stop();
      await world.camera.stop();
      await pending;
      await world.camera.start();
      const frame = await world.camera.read(8000);
      expect(frame.seq).toBeLessThanOrEqual(3);
    });

    it('refuses a read while it is stopped', async () => {
      await expect(world.camera.read(200)).rejects.toMatchObject({ code: 'camera_stalled' });
    });

    if (options.canFreeze)
      it('keeps its own deadline when the source hangs', async () => {
        await world.camera.start();
        await world.camera.read(8000);
        await world.freeze?.();
        const fault = await (async () => {
          // What was on its way may still come.
          for (let i = 0; i < 200; i++) await world.camera.read(400);
        })().catch((error: VestibuleError) => error.code);
        expect(fault).toBe('camera_stalled');
      });

    it('says what it is, without credentials', () => {
      const { identity } = world.camera;
      expect(identity.source.length).toBeGreaterThan(0);
      expect(identity.source).not.toMatch(/secret|@/);
    });
  });
}
