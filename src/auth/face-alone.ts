import { faceMayBeAlone, type Policy } from '../domain/policy.js';
import type { CameraSource } from '../ports/camera.js';

/** Before these nobody punches: pictures of the demo, a recording, nothing. */
const WITHOUT_PEOPLE: readonly CameraSource['kind'][] = ['demo', 'file', 'none'];

/** What has to be said, in the log and by `doctor`, and how to change it. */
export interface FaceAlone {
  readonly text: string;
  readonly mend: string;
}

/**
 * A policy under which a photograph of a person passes, as the default one does; undefined where it does not, or where no
 * camera looks at people.
 */
export function faceAlone(policy: Policy, source: Pick<CameraSource, 'kind'>): FaceAlone | undefined {
  if (!faceMayBeAlone(policy) || WITHOUT_PEOPLE.includes(source.kind)) return undefined;
  return {
    text: 'The policy takes a face alone, without liveness: a photograph of a person passes for that person.',
    mend: 'To ask for liveness, write [face, liveness] in the place of [face] under policy.attend (docs/liveness.md, "Set-up").',
  };
}
