import { decodePose } from '../domain/liveness/pose-template.js';
import type { Template } from '../domain/template.js';
import { hasConsent } from './consent.js';
import type { People } from './people.js';
import type { Templates } from './templates.js';

/**
 * The pose signature that takes of this person are compared with now; nothing is kept, so one that was replaced, or a
 * consent that was withdrawn, counts at once.
 * @param bodyNetwork `VisionStatus.networks.body`: what measures bodies now
 * @returns undefined where nothing can be compared: nobody active has this id, no consent, no signature, or one of another
 *   network or layout, which has to be set up again
 */
export function poseTemplateOf(
  personId: string,
  bodyNetwork: string | undefined,
  { people, templates }: { readonly people: Pick<People, 'find'>; readonly templates: Pick<Templates, 'of'> },
): Template | undefined {
  const person = people.find(personId);
  if (person === undefined || !person.active || !hasConsent(person) || bodyNetwork === undefined) return undefined;
  const template = templates.of(personId).find(({ kind }) => kind === 'pose');
  if (template?.modelHash !== bodyNetwork || decodePose(template) === undefined) return undefined;
  return template;
}
