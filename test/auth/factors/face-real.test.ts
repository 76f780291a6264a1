import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MonotonicClock } from '../../../src/adapters/clock-monotonic.js';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import { ImagingOpencv } from '../../../src/adapters/imaging-opencv.js';
import { FaceFactor } from '../../../src/auth/factors/face.js';
import { Identification } from '../../../src/auth/identification.js';
import type { FactorResult } from '../../../src/domain/factor.js';
import type { FaceObservation } from '../../../src/domain/observation.js';
import { meanUnit } from '../../../src/domain/vector.js';
import { curvesOf } from '../../../src/packs/calibration.js';
import { Analyser } from '../../../src/vision/analyse.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import { enrolledState } from '../../fakes/enrolled.js';
import { hasOpenPack, modelsDirectory } from '../../packs/models-directory.js';
import { CLIP_PEOPLE, clipsPresent, writeEnrolmentPictures, writeVisitVideo } from '../../support/clips.js';

const missing =
  clipsPresent() && hasOpenPack ? '' : ' (skipped: ../shared/data/liveness or ../shared/models is missing)';
const FRAME_MS = 66;
/** The named person stands in the clip until he passes, or for longer than a refusal needs. */
const FRAMES = 90;

describe.skipIf(missing !== '').each(['open', 'core'])(`two recorded people and the pack "%s"${missing}`, (pack) => {
  let kiosk: Awaited<ReturnType<typeof enrolledState>>;
  let faces: FaceFactor;
  let ids: string[] = [];
  /** What the real pipeline saw in each person's visit, frame by frame. */
  let visits: (readonly FaceObservation[])[][] = [];
  let tidy: () => Promise<void> = async () => {};

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vestibule-faces-'));
    const models = await modelsDirectory([pack]);
    const imaging = await ImagingOpencv.load();
    const pipeline = await loadFacePipeline(await EngineOnnx.load(), models.path, pack, { detectSize: 320 });
    const analyser = new Analyser({ pipeline, clock: new MonotonicClock() });
    kiosk = await enrolledState();
    await kiosk.vision.start();
    kiosk.vision.setStatus({ pack: pipeline.identity });
    tidy = async () => {
      await pipeline.dispose();
      await models.remove();
      await kiosk.dispose();
      rmSync(folder, { recursive: true, force: true });
    };
    const photographs = writeEnrolmentPictures(folder, CLIP_PEOPLE);
    ids = [];
    visits = [];
    for (const person of CLIP_PEOPLE) {
      const own = join(photographs, person.name.replaceAll(' ', '_'));
      const samples: Float32Array[] = [];
      for (const name of readdirSync(own)) {
        const { faces: found } = await analyser.still(await imaging.decode(readFileSync(join(own, name))));
        if (found[0]?.embedding !== undefined) samples.push(found[0].embedding);
      }
      const consent = { textVersion: '1', language: 'en', recordedBy: 'administrator' } as const;
      const { id: personId, createdAt } = await kiosk.people.add({ name: person.name, consent });
      const { id, hash } = pipeline.identity;
      const template = { id: personId, personId, kind: 'face', pack: id, modelHash: hash, createdAt } as const;
      await kiosk.templates.put({ ...template, vector: meanUnit(samples)!, samples });
      ids.push(personId);

      const video = writeVisitVideo(folder, [person], 0.1);
      const frames = mkdtempSync(join(folder, 'frames-'));
      execFileSync('ffmpeg', ['-v', 'error', '-i', video, '-q:v', '3', join(frames, '%03d.jpg')]);
      const seen: (readonly FaceObservation[])[] = [];
      for (const name of readdirSync(frames).sort())
        seen.push((await analyser.live(await imaging.decode(readFileSync(join(frames, name))))).faces);
      visits.push(seen);
    }
    const parts = { ...kiosk, curvesOf };
    const identification = new Identification({ ...parts, recognition: kiosk.config.recognition });
    faces = new FaceFactor({ ...parts, identification });
  }, 120_000);
  afterAll(() => tidy());

  /** The clip of person `who`, over and over, until there is a result. */
  function verdict(named: string | undefined, who: number): { result?: FactorResult; personId?: string | undefined } {
    let heard: { result?: FactorResult; personId?: string | undefined } = {};
    const watch = faces.watch({
      ...(named !== undefined && { personId: named }),
      onResult: (result, personId) => {
        heard = { result, personId };
      },
      onGuidance: () => {},
    });
    const visit = visits[who]!;
    for (let i = 0; i < 3 * FRAMES && heard.result === undefined; i++) {
      kiosk.clock.advance(FRAME_MS);
      kiosk.vision.emit(kiosk.clock.mono(), visit[i % visit.length]!);
    }
    watch.stop();
    return heard;
  }

  it('lets each of them pass as himself, 1:1 and 1:N', () => {
    for (const [who, id] of ids.entries())
      for (const named of [id, undefined]) {
        const { result, personId } = verdict(named, who);
        expect(result).toMatchObject({ outcome: 'passed', mode: named === undefined ? '1:N' : '1:1' });
        expect(personId).toBe(id);
        expect(result!.score).toBeGreaterThanOrEqual(result!.threshold!);
      }
  });

  it('lets neither pass as the other one', () => {
    for (const [who, id] of [...ids].reverse().entries()) {
      const { result, personId } = verdict(id, who);
      expect(result).toMatchObject({ outcome: 'failed', reason: 'no_match', mode: '1:1', fmr: 1e-4 });
      expect(result!.score).toBeLessThan(result!.threshold!);
      expect(personId).toBeUndefined();
    }
  });

  it('lets neither pass while both stand there', () => {
    const [one, other] = [visits[0]!, visits[1]!];
    for (const named of [ids[0], undefined]) {
      let results = 0;
      let shown = 0;
      const watch = faces.watch({
        ...(named !== undefined && { personId: named }),
        onResult: () => {
          results += 1;
        },
        onGuidance: () => {},
      });
      for (let i = 0; i < FRAMES; i++) {
        kiosk.clock.advance(FRAME_MS);
        const beside = other[i % 20]!.map((face) => ({ ...face, box: { ...face.box, x: face.box.x + 480 } }));
        const both = [...one[i % 20]!, ...beside];
        if (both.length !== 2) continue;
        kiosk.vision.emit(kiosk.clock.mono(), both);
        shown += 1;
      }
      watch.stop();
      expect(shown).toBeGreaterThan(20);
      expect(results).toBe(0);
    }
  });
});
