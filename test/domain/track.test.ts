import { describe, expect, it } from 'vitest';
import { follow, iou, NO_TRACKS, TRACK_GAP_MS, type TrackerState } from '../../src/domain/track.js';
import { aFace } from '../fakes/faces.js';
import { aResult } from '../fakes/fake-vision.js';

const SAME = 0.5;
type Faces = Parameters<typeof aFace>[0][];

/** Feeds frames 66 ms apart and returns the ids in view in each. */
function idsOver(frames: Faces[], stepMs = 66): number[][] {
  let state: TrackerState = NO_TRACKS;
  return frames.map((faces, i) => {
    const at = 1000 + i * stepMs;
    state = follow(
      state,
      aResult(
        i + 1,
        at,
        faces.map((face) => aFace(face)),
      ),
      SAME,
    );
    return state.tracks.filter((track) => track.lastSeenAt === at).map((track) => track.id);
  });
}

describe('follow', () => {
  it('keeps one track for one face that moves, turns and comes nearer', () => {
    const frames: Faces[] = Array.from({ length: 12 }, (_, i) => [{ x: 250 + i * 12, height: 150 + i * 8, which: i }]);
    expect(idsOver(frames)).toEqual(frames.map(() => [1]));
  });

  it('bridges a missed frame and breaks on a longer gap', () => {
    expect(idsOver([[{}], [], [{}]])).toEqual([[1], [], [1]]);
    expect(idsOver([[{}], [], [{}]], TRACK_GAP_MS)).toEqual([[1], [], [2]]);
  });

  it('breaks when the face jumps, changes its size abruptly or becomes somebody else', () => {
    expect(idsOver([[{ x: 150, height: 120 }], [{ x: 500, height: 120 }]])).toEqual([[1], [2]]);
    expect(idsOver([[{ height: 120 }], [{ height: 300 }]])).toEqual([[1], [2]]);
    expect(idsOver([[{ who: 1 }], [{ who: 2 }]])).toEqual([[1], [2]]);
  });

  it('notices a swap behind frames whose face was not measured', () => {
    expect(idsOver([[{ who: 1 }], [{ embedding: null }], [{ embedding: null }], [{ who: 2 }]])).toEqual([
      [1],
      [1],
      [1],
      [2],
    ]);
  });

  it('does not give a track back after another face stood in its place', () => {
    expect(idsOver([[{ who: 1 }], [{ who: 2 }], [{ who: 1 }]])).toEqual([[1], [2], [3]]);
  });

  it('does not mix up two faces that cross', () => {
    const frames: Faces[] = Array.from({ length: 15 }, (_, i) => [
      { who: 1, x: 200 + i * 16, height: 120 },
      { who: 2, x: 424 - i * 16, height: 110 },
    ]);
    const ids = idsOver(frames);
    expect(ids.every((pair) => pair.length === 2 && pair[0] === 1 && pair[1] === 2)).toBe(true);
  });

  it('breaks on an embedding that is not a number', () => {
    expect(idsOver([[{}], [{ embedding: new Float32Array(32).fill(Number.NaN) }]])).toEqual([[1], [2]]);
  });
});

describe('iou', () => {
  it('is the overlap over the union', () => {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    expect(iou(box, box)).toBe(1);
    expect(iou(box, { ...box, x: 5 })).toBeCloseTo(1 / 3, 12);
    expect(iou(box, { ...box, x: 10 })).toBe(0);
  });
});
