import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/domain/frame.js';
import type { MeasureWish } from '../../../src/ports/vision.js';
import { FaceFinder } from '../../../src/vision/face-finder.js';
import { meshExtent } from '../../../src/vision/inference/mesh-crop.js';
import { type MeasureOrder, Measurer } from '../../../src/vision/measure/measurer.js';
import type { LoadedNetworks } from '../../../src/vision/measure/networks-at-hand.js';
import { aFace } from '../../fakes/faces.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeStage } from '../../fakes/fake-stage.js';

const picture: Picture = { width: 640, height: 480, bgr: new Uint8Array(640 * 480 * 3).fill(90) };
const NOTHING: MeasureWish = { passive: false, mesh: false, body: false, colour: false };
const bare = (options: Parameters<typeof aFace>[0] = {}) => aFace({ ...options, embedding: null });

function room(faces = [bare()], missing: readonly (keyof LoadedNetworks)[] = []) {
  const stage = new FakeStage();
  stage.faces = faces;
  const troubles: string[] = [];
  const measurer = new Measurer({
    finder: new FaceFinder(stage.pipeline),
    packId: 'open',
    networks: {
      wanted: (wish) => {
        const { passive, mesh, body } = stage.networks;
        return {
          ...(wish.passive && !missing.includes('passive') && { passive }),
          ...(wish.mesh && !missing.includes('mesh') && { mesh }),
          ...(wish.body && !missing.includes('body') && { body }),
        };
      },
    },
    clock: new FakeClock(),
    trouble: (message) => troubles.push(message),
  });
  const see = (wish: Partial<MeasureWish>, session = 1) => {
    const order: MeasureOrder = { session, wish: { ...NOTHING, ...wish } };
    return measurer.analyse(picture, order);
  };
  return { stage, see, troubles };
}
const ALL = { passive: true, mesh: true, body: true, colour: true };

describe('Measurer', () => {
  it('measures what is wished for and nothing else', async () => {
    const { stage, see } = room();
    const nothing = [await see({}), await see({})];
    expect(stage.calls).toEqual({ detect: 2, embed: 1, mesh: 0, passive: 0, body: 0 });
    for (const { faces, body, colour, timings } of nothing) {
      expect(faces[0]).not.toHaveProperty('mesh');
      expect(faces[0]).not.toHaveProperty('passive');
      expect([body, colour]).toEqual([undefined, undefined]);
      expect(Object.keys(timings)).toEqual(['detectMs', 'embedMs']);
    }
    const [whole, light] = [await see(ALL), await see(ALL)];
    expect(Object.keys(whole.timings).sort()).toEqual(['detectMs', 'embedMs', 'meshMs', 'passiveMs']);
    expect(Object.keys(light.timings).sort()).toEqual(['bodyMs', 'detectMs', 'embedMs', 'meshMs']);
    expect(whole.colour).toEqual({ face: [90, 90, 90], background: [90, 90, 90] });
  });

  it('takes turns: detector, embedding and passive score on one frame, mesh alone and body on the next', async () => {
    const { stage, see } = room();
    for (let frame = 0; frame < 20; frame++) {
      const { faces, body } = await see(ALL);
      const whole = frame % 2 === 0;
      expect(faces).toHaveLength(1);
      expect(faces[0]!.mesh).toBeDefined();
      expect([faces[0]!.embedding !== undefined, faces[0]!.passive !== undefined]).toEqual([whole, whole]);
      expect(body === undefined).toBe(whole);
    }
    expect(stage.calls).toEqual({ detect: 10, embed: 10, mesh: 20, passive: 10, body: 10 });
  });

  it('scores the extent of the mesh, and the box of the detector where there is no mesh', async () => {
    const withMesh = room();
    await withMesh.see(ALL);
    expect(withMesh.stage.scored[0]!.by).toBe('mesh');
    expect(withMesh.stage.scored[0]!.box.width).toBeCloseTo(bare().box.width, 3);
    const without = room([bare()], ['mesh']);
    await without.see(ALL);
    await without.see(ALL);
    expect(without.stage.scored).toEqual([{ box: bare().box, by: 'detector' }]);
    expect(without.stage.calls.detect).toBe(2);
  });

  it('follows a moving face by its mesh, with box and points where the detector would have them', async () => {
    const { stage, see } = room();
    await see(ALL);
    stage.faces = [bare({ x: 350, height: 220 })];
    const [moved] = (await see(ALL)).faces;
    expect(stage.calls.detect).toBe(1);
    const expected = bare({ x: 350, height: 220 });
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(moved!.box[side]).toBeCloseTo(expected.box[side], 2);
    for (const [i, point] of moved!.points.entries()) {
      expect(point.x).toBeCloseTo(expected.points[i]!.x, 2);
      expect(point.y).toBeCloseTo(expected.points[i]!.y, 2);
    }
    expect(moved!.quality.eyeDistancePx).toBeCloseTo(0.4 * expected.box.width, 1);
    expect(moved!.embedding).toBeUndefined();
  });

  it('knows nothing of the measuring before: a face that was followed there is found again or is not there', async () => {
    const { stage, see } = room();
    await see(ALL);
    await see(ALL);
    stage.blind = true;
    // Missed once by the detector, it is followed by its mesh …
    expect((await see(ALL)).faces).toHaveLength(1);
    // … but not into another measuring.
    expect((await see(ALL, 2)).faces).toEqual([]);
  });

  it('searches again at once when the mesh has lost the face', async () => {
    const { stage, see } = room();
    await see(ALL);
    stage.faces = [bare({ x: 120, height: 120 })];
    const [found] = (await see(ALL)).faces;
    expect(stage.calls.detect).toBe(2);
    expect(found!.box).toEqual(stage.faces[0]!.box);
    expect(meshExtent(found!.mesh!).x).toBeCloseTo(found!.box.x, 1);
  });

  it('attaches a mesh only to the face that it lies on', async () => {
    const { stage, see } = room();
    await see(ALL);
    await see(ALL);
    // The detector now sees somebody far away from the mesh, which still has a face where the first one was.
    const other = bare({ x: 60, height: 90 });
    const { networks } = stage;
    const still = meshExtent({ points: (await networks.mesh.measure(picture, { x: 100, y: 0, side: 440 }))!.points });
    stage.faces = [other];
    networks.mesh.measure = async () => {
      const { meshOf } = await import('../../fakes/fake-stage.js');
      return meshOf(still);
    };
    const [face] = (await see(ALL)).faces;
    expect(face!.box).toEqual(other.box);
    expect(face!.mesh).toBeUndefined();
    expect(stage.scored.at(-1)).toEqual({ box: other.box, by: 'detector' });
  });

  it('holds a face that the detector does not find by its mesh, unscored, for ten frames and no longer', async () => {
    const { stage, see } = room();
    await see(ALL);
    stage.blind = true;
    let held = 0;
    for (let frame = 0; frame < 30; frame++) {
      const [face] = (await see(ALL)).faces;
      if (face === undefined) continue;
      held += 1;
      expect([face.embedding, face.passive]).toEqual([undefined, undefined]);
    }
    expect(held).toBe(9);
    expect(stage.calls.passive).toBe(1);
    stage.blind = false;
    expect((await see(ALL)).faces).toHaveLength(1);
  });

  it('measures nobody while a second face of comparable size is there, and searches every frame', async () => {
    const { stage, see } = room();
    await see(ALL);
    await see(ALL);
    stage.faces = [bare(), bare({ x: 100, height: 120 })];
    const before = { ...stage.calls };
    for (let frame = 0; frame < 6; frame++) {
      const { faces, body, colour } = await see(ALL);
      expect(faces).toEqual(stage.faces);
      expect([body, colour]).toEqual([undefined, undefined]);
    }
    expect(stage.calls).toEqual({ ...before, detect: before.detect + 6 });
    stage.faces = [bare(), bare({ x: 100, height: 80 })];
    const { faces } = await see(ALL);
    expect(faces.map((face) => face.passive !== undefined)).toEqual([true, false]);
  });

  it.each([
    ['passive', { live: new Error('broken') }, ['mesh', 'embedding']],
    ['passive', { live: undefined }, ['mesh', 'embedding']],
    ['mesh', { meshFault: new Error('broken') }, ['passive', 'embedding']],
  ] as const)('leaves %s out of the frame on which its network fails', async (kind, fault, rest) => {
    const { stage, see, troubles } = room();
    await see(ALL);
    await see(ALL);
    Object.assign(stage, fault);
    const failing = [await see(ALL), await see(ALL)];
    for (const { faces } of failing) expect(faces[0]).not.toHaveProperty(kind);
    for (const other of rest) expect(failing[0]!.faces[0]).toHaveProperty(other);
    Object.assign(stage, { live: 0.9, meshFault: undefined });
    expect((await see(ALL)).faces[0]).toHaveProperty(kind);
    expect(troubles.every((message) => message === 'A frame could not be measured: broken')).toBe(true);
  });

  it('tells no body when its network fails, and one with nobody in view', async () => {
    const { stage, see } = room();
    stage.bodyFault = new Error('broken');
    await see(ALL);
    expect((await see(ALL)).body).toBeUndefined();
    stage.bodyFault = undefined;
    stage.faces = [];
    await see(ALL);
    expect(await see(ALL)).toMatchObject({ faces: [], body: { points: expect.anything() } });
  });

  it('begins anew with a new session: nothing of the former one is followed', async () => {
    const { stage, see } = room();
    await see(ALL, 1);
    const [face] = (await see(ALL, 2)).faces;
    expect(stage.calls.detect).toBe(2);
    expect(face!.passive).toBeDefined();
  });
});
