import type { Purpose } from '../../domain/decision.js';
import type { AttemptAnswer, ChallengeStep, FactorAnswer, IdentityClaim } from '../../http/contract-login.js';
import { call, type Reply } from './call.js';

type Answer = Promise<Reply<AttemptAnswer>>;
const path = (id: string) => `/api/v1/attempts/${encodeURIComponent(id)}`;

export const beginAttempt = (purpose: Purpose): Answer => call('POST', '/api/v1/attempts', { json: { purpose } });
export const viewAttempt = (id: string): Answer => call('GET', path(id));
export const identify = (id: string, claim: IdentityClaim): Answer =>
  call('POST', `${path(id)}/identity`, { json: claim });
export const chooseAlternative = (id: string, index: number): Answer =>
  call('POST', `${path(id)}/alternative`, { json: { index } });
export const answerFactor = (id: string, answer: FactorAnswer): Answer =>
  call('POST', `${path(id)}/factors`, { json: answer });
export const sendCode = (id: string, channel: string): Answer =>
  call('POST', `${path(id)}/code`, { json: { channel } });
export const challenge = (id: string, step: ChallengeStep): Answer =>
  call('POST', `${path(id)}/challenge`, { json: step });
export const touchAttempt = (id: string): Promise<Reply<void>> => call('POST', `${path(id)}/touch`);
export const cancelAttempt = (id: string): Promise<Reply<void>> => call('DELETE', path(id));
