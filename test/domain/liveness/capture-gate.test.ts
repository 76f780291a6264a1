import { describe, expect, it } from 'vitest';
import { CaptureGate } from '../../../src/domain/liveness/capture-gate.js';
import type { FaceAngle } from '../../../src/domain/liveness/face-angle.js';
import type { CaptureFacts } from '../../../src/domain/observation.js';

const LARGE: FaceAngle = { yawDegrees: 0, eyeDistancePx: 90 };
const SMALL: FaceAngle = { yawDegrees: 0, eyeDistancePx: 59 };

interface Shown {
  readonly facts?: Partial<CaptureFacts> | null;
  readonly faces?: number;
  readonly angle?: FaceAngle;
  readonly wentBack?: boolean;
}

function aGate(camera: { demo?: boolean; refused?: 'camera_not_allowed' } = {}, frameIntervalMs = 66): CaptureGate {
  return new CaptureGate({ camera: { kind: 'usb', demo: false, ...camera }, frameIntervalMs });
}

function show(gate: CaptureGate, frames: readonly Shown[]): CaptureGate {
  frames.forEach(({ facts, faces, angle, wentBack }, i) => {
    const capture: CaptureFacts = {
      session: 1,
      frames: i + 1,
      longestRepeat: 1,
      looped: 0,
      longestGapMs: 66,
      clockWentBack: false,
      ...facts,
    };
    const frame = { at: 1000 + i * 66, width: 640, height: 480, faces: faces ?? 1, ...(facts !== null && { capture }) };
    gate.see(frame, angle ?? LARGE, wentBack ?? false);
  });
  return gate;
}

const answer = (gate: CaptureGate): string => `${gate.result().state} ${gate.result().reason}`;

describe('CaptureGate', () => {
  it('passes an allowed camera with one large face, and records what it rests on', () => {
    const result = show(aGate(), [{}, {}, {}]).result();
    expect(result).toMatchObject({ gate: 'capture', state: 'passed', reason: 'ok', frames: 3, spanMs: 132 });
    expect(result.facts).toMatchObject({ camera: 'usb', demo: false, longestRepeat: 1, looped: 0, gapLimitMs: 500 });
  });

  it('is unavailable without facts, without frames, with a camera that does not count, and when it is lost', () => {
    expect(answer(aGate())).toBe('unavailable not_measured');
    expect(answer(show(aGate(), [{ facts: null }, { facts: null }]))).toBe('unavailable not_measured');
    expect(answer(show(aGate({ refused: 'camera_not_allowed' }), [{}]))).toBe('unavailable camera_not_allowed');
    const lost = show(aGate(), [{}]);
    lost.end('camera_lost');
    expect(answer(lost)).toBe('unavailable camera_lost');
  });

  it('fails on a frozen picture: more than two equal frames in a row', () => {
    expect(answer(show(aGate(), [{ facts: { longestRepeat: 2 } }]))).toBe('passed ok');
    expect(answer(show(aGate(), [{ facts: { longestRepeat: 3 } }]))).toBe('failed frames_repeated');
    expect(answer(show(aGate({ demo: true }), [{ facts: { longestRepeat: 3 } }]))).toBe('failed frames_repeated');
  });

  it('fails on a recording that begins anew, which a demo camera may do and the record says', () => {
    expect(answer(show(aGate(), [{ facts: { looped: 2 } }]))).toBe('passed ok');
    expect(answer(show(aGate(), [{ facts: { looped: 3 } }]))).toBe('failed frames_repeated');
    const demo = show(aGate({ demo: true }), [{ facts: { looped: 30 } }]).result();
    expect(demo).toMatchObject({ state: 'passed', facts: { demo: true, looped: 30 } });
  });

  it('fails on missing frames and on a clock that went back', () => {
    expect(answer(show(aGate(), [{ facts: { longestGapMs: 500 } }]))).toBe('passed ok');
    expect(answer(show(aGate(), [{ facts: { longestGapMs: 501 } }]))).toBe('failed frames_missing');
    expect(answer(show(aGate({}, 400), [{ facts: { longestGapMs: 1200 } }]))).toBe('passed ok');
    expect(answer(show(aGate({}, 400), [{ facts: { longestGapMs: 1201 } }]))).toBe('failed frames_missing');
    expect(answer(show(aGate(), [{ facts: { clockWentBack: true } }]))).toBe('failed frames_missing');
    expect(answer(show(aGate(), [{}, { wentBack: true }]))).toBe('failed frames_missing');
  });

  it('never forgets a bad frame', () => {
    for (const facts of [{ longestRepeat: 5 }, { looped: 5 }, { longestGapMs: 900 }, { clockWentBack: true }])
      expect(show(aGate(), [{ facts }, {}, {}, {}]).result().state).toBe('failed');
  });

  it('takes numbers that are none for a fault, not for a good camera', () => {
    for (const facts of [
      { longestRepeat: Number.NaN },
      { looped: Number.NaN },
      { longestGapMs: Number.NaN },
      { frames: 0 },
    ])
      expect(answer(show(aGate(), [{}, { facts }, {}]))).toBe('unavailable fault');
  });

  it('fails on two faces in three frames in a row, not in two', () => {
    expect(answer(show(aGate(), [{ faces: 2 }, { faces: 2 }, {}, { faces: 2 }, { faces: 2 }, {}]))).toBe('passed ok');
    expect(answer(show(aGate(), [{ faces: 2 }, { faces: 3 }, { faces: 2 }, {}, {}]))).toBe('failed several_faces');
    expect(show(aGate(), [{}, { faces: 2 }]).hint()).toBe('one_person');
  });

  it('fails on a face that is too small only at the end, and says what to do before', () => {
    const gate = show(aGate(), [{ angle: SMALL }, { angle: SMALL }]);
    expect(gate.hint()).toBe('come_closer');
    expect(gate.tooSmall).toBe(true);
    expect(gate.lostCause()).toBe(false);
    expect(answer(gate)).toBe('failed face_too_small');
    show(gate, [{}]);
    expect(gate.tooSmall).toBe(false);
    expect(answer(gate)).toBe('passed ok');
    const unmeasured = show(aGate(), [{ angle: { yawDegrees: 0, eyeDistancePx: Number.NaN } }]);
    expect(unmeasured.tooSmall).toBe(true);
    // A head that is turned far has its eyes near to each other.
    expect(show(aGate(), [{}, { angle: { yawDegrees: 32, eyeDistancePx: 50 } }]).tooSmall).toBe(false);
  });
});
