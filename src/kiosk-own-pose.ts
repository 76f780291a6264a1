import { VestibuleError } from './domain/errors.js';
import type { PoseSetup } from './http/contract-people.js';
import { checkPageText } from './people/consent.js';
import type { People } from './people/people.js';
import type { PoseEnrolments } from './people/pose-enrolment.js';
import type { Templates } from './people/templates.js';

interface PoseRooms {
  readonly people: People;
  readonly templates: Templates;
  readonly poses: PoseEnrolments;
  readonly poseOffered: boolean;
}

/** How one moves, set up and deleted by oneself. */
export class OwnPose {
  readonly #rooms: PoseRooms;

  constructor(rooms: PoseRooms) {
    this.#rooms = rooms;
  }

  /** @throws VestibuleError `not_permitted` where nobody is asked for it, `input_invalid` (another text), `pack_missing` */
  begin(personId: string, { textVersion, language }: { textVersion: string; language: string }): PoseSetup {
    const { poses, poseOffered } = this.#rooms;
    if (!poseOffered) throw new VestibuleError('not_permitted', 'Body motion is not asked for at this kiosk.');
    checkPageText(textVersion);
    return poses.begin(personId, { textVersion, language, recordedBy: 'person' });
  }

  view(personId: string, id: string): PoseSetup {
    return this.#rooms.poses.view(personId, id);
  }

  take(personId: string, id: string): PoseSetup {
    return this.#rooms.poses.take(personId, id);
  }

  /** One that is over, or somebody else's, is no fault. */
  cancel(personId: string, id: string): void {
    if (this.#rooms.poses.personOf(id) === personId) this.#rooms.poses.cancel(id);
  }

  /** Deletes the signature, and the consent with it where nothing else of the body is stored. Repeating it is no fault. */
  async remove(personId: string): Promise<void> {
    const { people, poses, templates } = this.#rooms;
    await poses.cancelOf(personId);
    const stored = () => [...templates.of(personId), ...templates.faults().filter((one) => one.personId === personId)];
    const isStored = stored().some(({ kind }) => kind === 'pose');
    await templates.removeKind(personId, 'pose');
    if (isStored && stored().length === 0) await people.update(personId, { consent: null });
  }
}
