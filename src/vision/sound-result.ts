import { hasNumbers, isFinitePositive, isList, isNumber, isOneOf, isRecord, isVector } from './sound-values.js';

/** Longest side of a picture, by far, pixels. */
const MOST_PIXELS = 65_536;
const MOST_DIM = 4096;
const FIVE_POINTS = 5;
/** Numbers of a mesh and of a body (domain/observation.ts). */
const MESH_NUMBERS = 468 * 3;
const BODY_NUMBERS = 17 * 3;
const QUALITY = ['eyeDistancePx', 'faceHeightRatio', 'brightness', 'sharpness', 'yaw', 'pitch', 'rollDegrees'] as const;
const CAPTURE = ['session', 'frames', 'longestRepeat', 'looped', 'longestGapMs'] as const;

/** Whether this has the form of a VisionResult. Inside faces, bodies and facts a number may be none. */
export function isSoundResult(result: unknown): boolean {
  if (!isRecord(result)) return false;
  const { seq, capturedAt, width, height, faces, scene, timings, body, colour, capture } = result;
  return (
    isNumber(seq) &&
    isNumber(capturedAt) &&
    [width, height].every((side) => isFinitePositive(side) && side <= MOST_PIXELS) &&
    isList(faces, isSoundFace) &&
    hasNumbers(scene, ['brightness', 'contrast']) &&
    hasNumbers(timings, ['queueMs', 'detectMs', 'embedMs', 'totalMs']) &&
    (body === undefined || (isRecord(body) && isVector(body.points, { exact: BODY_NUMBERS }))) &&
    (colour === undefined || (isRecord(colour) && isColour(colour.face) && isColour(colour.background))) &&
    (capture === undefined || (hasNumbers(capture, CAPTURE) && typeof capture.clockWentBack === 'boolean'))
  );
}

/** Whether this has the form of a FaceObservation. */
export function isSoundFace(face: unknown): boolean {
  if (!isRecord(face)) return false;
  const { box, points, score, quality, embedding, passive, mesh } = face;
  return (
    hasNumbers(box, ['x', 'y', 'width', 'height']) &&
    isList(points, (point) => hasNumbers(point, ['x', 'y'])) &&
    (points as readonly unknown[]).length === FIVE_POINTS &&
    typeof score === 'number' &&
    hasNumbers(quality, QUALITY) &&
    typeof quality.truncated === 'boolean' &&
    (embedding === undefined || isVector(embedding, { most: MOST_DIM })) &&
    (passive === undefined || isPassive(passive)) &&
    (mesh === undefined || (hasNumbers(mesh, ['sidePx', 'score']) && isVector(mesh.points, { exact: MESH_NUMBERS })))
  );
}

function isPassive(passive: unknown): boolean {
  return hasNumbers(passive, ['live', 'v2', 'v1se']) && isOneOf(passive.box, ['mesh', 'detector']);
}

function isColour(colour: unknown): boolean {
  return Array.isArray(colour) && colour.length === 3 && colour.every((value) => typeof value === 'number');
}
