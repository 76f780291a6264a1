import type { EnrolmentBegun, Language } from '../../http/contract.js';
import type {
  ContactBegun,
  CorrectionRequest,
  CorrectionRow,
  OwnTimes,
  PoseSetup,
  Profile,
  TotpBegun,
} from '../../http/contract-people.js';
import { CONSENT_TEXT_VERSION } from '../strings/language.js';
import type { Reply } from './call.js';
import { ownCall } from './session.js';

export type Contact = 'phone' | 'email';
const me = '/api/v1/me';

export const profile = (): Promise<Reply<Profile>> => ownCall('GET', me);
export const times = (range: 'week' | 'month', day?: string): Promise<Reply<OwnTimes>> =>
  ownCall('GET', `${me}/times?range=${range}${day === undefined ? '' : `&day=${day}`}`);
export const corrections = (): Promise<Reply<{ corrections: readonly CorrectionRow[] }>> =>
  ownCall('GET', `${me}/corrections`);
export const requestCorrection = (request: CorrectionRequest): Promise<Reply<CorrectionRow>> =>
  ownCall('POST', `${me}/corrections`, { json: request });
export const changePassword = (current: string | undefined, next: string): Promise<Reply<unknown>> =>
  ownCall('POST', `${me}/password`, { json: { ...(current !== undefined && { current }), next } });
export const changePin = (pin: string): Promise<Reply<unknown>> => ownCall('POST', `${me}/pin`, { json: { pin } });
export const removePin = (): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/pin`);
export const beginTotp = (): Promise<Reply<TotpBegun>> => ownCall('POST', `${me}/totp`);
export const confirmTotp = (code: string): Promise<Reply<unknown>> =>
  ownCall('POST', `${me}/totp/confirm`, { json: { code } });
export const removeTotp = (): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/totp`);
export const beginContact = (kind: Contact, destination: string): Promise<Reply<ContactBegun>> =>
  ownCall('POST', `${me}/${kind}`, { json: { destination } });
export const confirmContact = (kind: Contact, code: string): Promise<Reply<unknown>> =>
  ownCall('POST', `${me}/${kind}/confirm`, { json: { code } });
export const removeContact = (kind: Contact): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/${kind}`);
export const newRecoveryCodes = (): Promise<Reply<{ codes: readonly string[] }>> =>
  ownCall('POST', `${me}/recovery-codes`);
export const addBadge = (badge: string, label: string): Promise<Reply<unknown>> =>
  ownCall('POST', `${me}/badges`, { json: { badge, label } });
export const removeBadge = (id: string): Promise<Reply<unknown>> =>
  ownCall('DELETE', `${me}/badges/${encodeURIComponent(id)}`);
export const beginFace = (language: Language): Promise<Reply<EnrolmentBegun>> =>
  ownCall('POST', `${me}/face`, {
    json: { consent: { accepted: true, textVersion: CONSENT_TEXT_VERSION, language } },
  });
export const commitFace = (id: string): Promise<Reply<unknown>> => ownCall('POST', `${me}/face/${id}/commit`);
export const cancelFace = (id: string): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/face/${id}`);
export const beginPose = (language: Language): Promise<Reply<PoseSetup>> =>
  ownCall('POST', `${me}/pose`, {
    json: { consent: { accepted: true, textVersion: CONSENT_TEXT_VERSION, language } },
  });
export const poseSetup = (id: string): Promise<Reply<PoseSetup>> => ownCall('GET', `${me}/pose/${id}`);
export const takePose = (id: string): Promise<Reply<PoseSetup>> => ownCall('POST', `${me}/pose/${id}/take`);
export const cancelPose = (id: string): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/pose/${id}`);
export const removePose = (): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/pose`);
export const removeFace = (): Promise<Reply<unknown>> => ownCall('DELETE', `${me}/face`);
