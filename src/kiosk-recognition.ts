import { AttendFlow } from './auth/attend-flow.js';
import type { AttendPolicy } from './auth/attend-parts.js';
import { FaceFactor } from './auth/factors/face.js';
import { Identification } from './auth/identification.js';
import type { Config } from './config/schema.js';
import type { FactorKind } from './domain/factor.js';
import { localTimeOf } from './domain/local-time.js';
import { alternativesForAnybody, factorsOf, type Policy } from './domain/policy.js';
import { KioskEnrolment } from './kiosk-enrolment.js';
import type { Login } from './kiosk-login.js';
import type { Rooms } from './kiosk-rooms.js';
import { frameIntervalMs } from './kiosk-vision.js';
import type { Log } from './log/logger.js';
import { curvesOf } from './packs/calibration.js';
import { Enrolments } from './people/enrolment.js';
import { VisionClient } from './vision/client.js';
import type { VisionSettings } from './vision/protocol.js';

/** Rules of the policy begin and end by the minute; this late at most. */
const POLICY_KEPT_MS = 5000;

/** Parts that need a camera or recognise people. */
export interface Recognition {
  readonly vision: VisionClient;
  readonly flow: AttendFlow;
  readonly faces: FaceFactor;
  readonly enrolments: Enrolments;
  readonly enrolment: KioskEnrolment;
  /** May anybody at the page enrol himself? */
  readonly openToAll: () => boolean;
}

/** Builds them; nothing runs yet. @param login the login terminal, once it is there */
export function composeRecognition(parts: {
  readonly rooms: Rooms;
  readonly config: Config;
  readonly settings: VisionSettings;
  readonly log: Log;
  readonly login: () => Login | undefined;
  readonly policy: Policy;
  readonly onFault: (error: Error) => void;
}): Recognition {
  const { rooms, config, settings } = parts;
  const { clock } = rooms;
  const visionLog = parts.log.child('vision');
  const vision = new VisionClient({ settings, clock, log: (level, message) => visionLog[level](message) });
  const identification = new Identification({ ...rooms, vision, curvesOf, recognition: config.recognition });
  const shared = { ...rooms, vision, curvesOf, config, identification, frameIntervalMs: frameIntervalMs(settings) };
  const ways = (personId: string): readonly (readonly FactorKind[])[] =>
    (parts.login()?.attempts.alternativesOf('attend', personId) ?? []).map(factorsOf);
  const policy: AttendPolicy = {
    usesFace: faceAttends(parts.policy, clock, config.zone),
    faceIsEnough: (personId) => ways(personId).some((factors) => factors.length === 1 && factors[0] === 'face'),
    needsMore: (personId, result) =>
      ways(personId).some((factors) => factors.includes('face'))
        ? parts.login()?.attempts.recognised(personId, result)
        : undefined,
  };
  const flow = new AttendFlow({ ...shared, punches: rooms.recorder, policy, onFault: parts.onFault });
  const enrolments = new Enrolments({ ...rooms, vision, curvesOf, config });
  const openToAll = (): boolean => config.enrolment.atPage === 'demo' && settings.source.kind === 'demo';
  return {
    vision,
    flow,
    faces: new FaceFactor(shared),
    enrolments,
    enrolment: new KioskEnrolment({ enrolments, flow, clock, openToAll }),
    openToAll,
  };
}

/** Whether anybody may attend by a face now. Asked for every frame, answered anew every few seconds. */
function faceAttends(policy: Policy, clock: Rooms['clock'], zone: string): () => boolean {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer = true;
  return () => {
    if (clock.mono() - askedAt < POLICY_KEPT_MS) return answer;
    askedAt = clock.mono();
    const offered = alternativesForAnybody(policy, 'attend', localTimeOf(clock.now(), zone));
    answer = offered.some((alternative) => factorsOf(alternative).includes('face'));
    return answer;
  };
}
