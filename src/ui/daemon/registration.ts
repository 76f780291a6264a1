import type {
  InvitationView,
  RegistrationRequest,
  RegistrationRules,
  ResumeRequest,
  SessionView,
  SetupState,
} from '../../http/contract-login.js';
import { call, type Reply } from './call.js';

export interface Registered {
  readonly session: SessionView;
  readonly setup: SetupState;
}

export const registrationRules = (): Promise<Reply<RegistrationRules>> => call('GET', '/api/v1/registration');
export const lookAtInvitation = (code: string): Promise<Reply<InvitationView>> =>
  call('POST', '/api/v1/registration/invitation', { json: { code } });
export const register = (request: RegistrationRequest): Promise<Reply<Registered>> =>
  call('POST', '/api/v1/registrations', { json: request });
export const resumeRegistration = (request: ResumeRequest): Promise<Reply<Registered>> =>
  call('POST', '/api/v1/registrations/resume', { json: request });
