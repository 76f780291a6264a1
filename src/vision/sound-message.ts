import { type FromChild, PROTOCOL_VERSION } from './protocol.js';
import { isSoundFace, isSoundResult } from './sound-result.js';
import { type Fields, isFinitePositive, isList, isNumber, isOneOf, isRecord, isText } from './sound-values.js';

const CAMERA_STATES = ['opening', 'running', 'lost', 'none'] as const;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const CAMERA_KINDS = ['opencv', 'rpicam', 'raspistill', 'browser', 'demo'] as const;
/** Longest text; what FFmpeg says of a camera may be long. */
const MOST_TEXT = 65_536;
/** Longest embedding of any pack, by far. */
const MOST_DIM = 4096;

/** What makes each message one; a message without an entry is none. */
const SOUND: Readonly<Record<FromChild['t'], (message: Fields) => boolean>> = {
  ready: ({ version, pack, engine, networks }) =>
    // One that speaks another protocol says other things; the client tells it so.
    isNumber(version) &&
    (version !== PROTOCOL_VERSION || (isSoundPack(pack) && isText(engine, MOST_TEXT) && isSoundNetworks(networks))),
  networks: ({ networks }) => isSoundNetworks(networks),
  failed: ({ code, message }) => isText(code, MOST_TEXT) && isText(message, MOST_TEXT),
  heartbeat: ({ fps, rssBytes }) => isNumber(fps) && isNumber(rssBytes),
  camera: ({ state, identity, detail }) =>
    isOneOf(state, CAMERA_STATES) &&
    (identity === undefined || isSoundIdentity(identity)) &&
    (detail === undefined || isText(detail, MOST_TEXT)),
  frame: ({ capturedAt }) => isNumber(capturedAt),
  result: ({ result }) => isSoundResult(result),
  preview: ({ jpeg }) => jpeg instanceof Uint8Array,
  code: ({ text }) => isText(text, MOST_TEXT),
  still: ({ id, analysis }) => isNumber(id) && isSoundStill(analysis),
  stillFailed: ({ id, code, message }) => isNumber(id) && isText(code, MOST_TEXT) && isText(message, MOST_TEXT),
  log: ({ level, message }) => isOneOf(level, LOG_LEVELS) && isText(message, MOST_TEXT),
};

/**
 * Whether the vision process said something that it can say: it reads pictures of the network and could be taken over, and
 * nothing of what it says may end the daemon. Looks at the form; what the numbers mean, and whether they are any, is for whoever
 * judges them.
 */
export function isSoundMessage(message: unknown): message is FromChild {
  if (!isRecord(message) || typeof message.t !== 'string' || !Object.hasOwn(SOUND, message.t)) return false;
  return SOUND[message.t as FromChild['t']](message);
}

function isSoundPack(pack: unknown): boolean {
  if (!isRecord(pack)) return false;
  const { id, hash, dim } = pack;
  return isText(id, MOST_TEXT) && isText(hash, MOST_TEXT) && isFinitePositive(dim) && dim <= MOST_DIM;
}

function isSoundNetworks(networks: unknown): boolean {
  if (!isRecord(networks)) return false;
  return [networks.passive, networks.mesh, networks.body].every(
    (hash) => hash === undefined || isText(hash, MOST_TEXT),
  );
}

function isSoundIdentity(identity: unknown): boolean {
  if (!isRecord(identity)) return false;
  const { kind, source, recorded, device } = identity;
  const isDevice = (one: unknown): boolean =>
    isRecord(one) &&
    [one.busPath, one.model, one.driver].every((text) => isText(text, MOST_TEXT)) &&
    typeof one.virtual === 'boolean';
  return (
    isOneOf(kind, CAMERA_KINDS) &&
    isText(source, MOST_TEXT) &&
    typeof recorded === 'boolean' &&
    (device === undefined || isDevice(device))
  );
}

function isSoundStill(analysis: unknown): boolean {
  if (!isRecord(analysis)) return false;
  const { width, height, faces, scene, pack } = analysis;
  return (
    isFinitePositive(width) &&
    isFinitePositive(height) &&
    isList(faces, isSoundFace) &&
    isRecord(scene) &&
    isSoundPack(pack)
  );
}
