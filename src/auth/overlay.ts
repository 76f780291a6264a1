import { isNear } from '../domain/face-guidance.js';
import { asciiName } from '../domain/person-name.js';
import { type RecognitionState, standingOf } from '../domain/recognition.js';
import type { OverlayBox } from '../ports/imaging.js';

/**
 * Boxes of the faces in view for the live view: neutral and without a name until a decision, then with the name
 * in plain ASCII. Faces too far to be recognised get none.
 */
export function overlayOf(
  state: RecognitionState,
  nameOf: (personId: string) => string | undefined,
): readonly OverlayBox[] {
  return state.tracker.tracks
    .filter((track) => track.lastSeenAt === state.lastCapturedAt && isNear(track.face))
    .map(({ id, face }) => {
      const standing = standingOf(state, id);
      if (standing === undefined) return { box: face.box, tone: 'neutral' };
      if (standing.outcome === 'denied') return { box: face.box, tone: 'bad' };
      const name = standing.personId === undefined ? undefined : nameOf(standing.personId);
      if (name === undefined) return { box: face.box, tone: 'neutral' };
      return { box: face.box, tone: 'good', label: asciiName(name) };
    });
}
