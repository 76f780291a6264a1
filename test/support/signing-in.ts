import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ApiClient } from './api-client.js';

export interface Entry {
  readonly userName: string;
  readonly password: string;
  /** Way to get the code, and the code once it went out. */
  readonly channel: string;
  readonly code: () => string | undefined;
  readonly client?: 'page' | 'api';
}

/** Begins an attempt and says who one is. @returns path of the attempt */
export async function beginAttempt(
  api: ApiClient,
  purpose: string,
  claim: { readonly userName: string } | { readonly badge: string },
  client: 'page' | 'api' = 'page',
): Promise<string> {
  const begun = await api.post('/api/v1/attempts', { purpose, client });
  if (begun.status !== 201) throw new Error(`no attempt: ${begun.status} ${begun.text}`);
  const path = `/api/v1/attempts/${begun.json.attempt.id}`;
  const claimed = await api.post(`${path}/identity`, claim);
  if (claimed.status !== 200) throw new Error(`not said who it is: ${claimed.status} ${claimed.text}`);
  return path;
}

/** Has a code sent; waits where one went out just before. */
export async function sendCode(api: ApiClient, attempt: string, channel: string): Promise<ApiAnswer> {
  for (let round = 0; round < 3; round++) {
    const sent = await api.post(`${attempt}/code`, { channel });
    const message = sent.json?.attempt?.message;
    if (message?.code !== 'code_too_soon') return sent;
    await sleep(message.waitMs + 100);
  }
  throw new Error('no code can be sent');
}

/** Takes the way that asks for these factors. */
export async function takeWay(api: ApiClient, attempt: string, factors: readonly string[]): Promise<void> {
  const { alternatives } = (await api.get(attempt)).json.attempt as { alternatives: string[][][] };
  const index = alternatives.findIndex((steps) => steps.flat().join() === factors.join());
  await api.post(`${attempt}/alternative`, { index });
}

/** Signs in with password and code; throws where that is refused. */
export async function signIn(api: ApiClient, purpose: 'login' | 'admin', entry: Entry): Promise<ApiAnswer> {
  const attempt = await beginAttempt(api, purpose, { userName: entry.userName }, entry.client);
  await api.post(`${attempt}/factors`, { kind: 'password', password: entry.password });
  await sendCode(api, attempt, entry.channel);
  const answer = await api.post(`${attempt}/factors`, { kind: 'otp', code: entry.code() ?? '' });
  if (answer.json?.attempt?.phase !== 'granted') throw new Error(`not granted: ${answer.status} ${answer.text}`);
  return answer;
}
