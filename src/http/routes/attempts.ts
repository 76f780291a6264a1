import type { z } from 'zod';
import type { Clock } from '../../ports/clock.js';
import type { Rule } from '../access.js';
import { readJson } from '../body.js';
import {
  type AttemptView,
  alternativeSchema,
  attemptAnswerSchema,
  attemptBeginSchema,
  challengeSchema,
  codeRequestSchema,
  factorAnswerSchema,
  identitySchema,
} from '../contract-login.js';
import type { LoginParts } from '../parts-login.js';
import { RememberedAttempts } from '../remembered-attempts.js';
import { empty, type Route } from '../route.js';

/** Attempts to punch, log in, open the door or the administration, step by step. */
export function attemptRoutes(
  login: Pick<LoginParts, 'attempts' | 'sessions'>,
  clock: Pick<Clock, 'mono'>,
): readonly Route[] {
  const { attempts } = login;
  const remembered = new RememberedAttempts(login, clock);
  const answer = { status: 200, schema: attemptAnswerSchema };
  /** A step of an attempt: what the body says is done, and the answer is where the attempt stands then. */
  const step = <T>(
    name: string,
    summary: string,
    body: z.ZodType<T>,
    take: (id: string, given: T) => Promise<AttemptView>,
    rule: Rule = 'page',
  ): Route => ({
    method: 'POST',
    path: `/api/v1/attempts/:id/${name}`,
    rule,
    summary,
    body: { json: body },
    answer,
    handle: async (exchange) => {
      const { request, caller, params } = exchange;
      const given = await readJson(request, body);
      remembered.check(params.id!, caller);
      return remembered.answer(await take(params.id!, given), exchange);
    },
  });
  return [
    {
      method: 'POST',
      path: '/api/v1/attempts',
      rule: 'page',
      summary: 'Begins an attempt. With an open session it is one of that person.',
      body: { json: attemptBeginSchema },
      answer: { ...answer, status: 201 },
      handle: async (exchange) => {
        const { purpose, client } = await readJson(exchange.request, attemptBeginSchema);
        remembered.makeRoom(exchange);
        const attempt = await attempts.begin(purpose, exchange.caller);
        remembered.remember(attempt.id, client, exchange);
        return remembered.answer(attempt, exchange, 201);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/attempts/:id',
      rule: 'page',
      summary: 'Where an attempt stands; 410 when it is over.',
      answer,
      handle: async (exchange) => {
        const { caller, params } = exchange;
        remembered.check(params.id!, caller);
        return remembered.answer(attempts.view(params.id!), exchange);
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/attempts/:id',
      rule: 'page',
      summary: 'Ends an attempt.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        remembered.check(params.id!, caller);
        remembered.forget(params.id!);
        await attempts.cancel(params.id!);
        return empty;
      },
    },
    {
      method: 'POST',
      path: '/api/v1/attempts/:id/touch',
      rule: 'page',
      summary: 'Somebody types: the attempt is not left alone. It ends after five minutes all the same.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        remembered.check(params.id!, caller);
        await attempts.touch(params.id!);
        return empty;
      },
    },
    step(
      'identity',
      'Says who one is, by user name or badge. Unknown ones go on like known ones.',
      identitySchema,
      (id, claim) => attempts.identify(id, claim),
    ),
    step('alternative', 'Takes another way; what has passed counts there too.', alternativeSchema, (id, { index }) =>
      attempts.choose(id, index),
    ),
    step('factors', 'Answers one factor.', factorAnswerSchema, (id, given) => attempts.answer(id, given)),
    step('code', 'Has a one-time code sent.', codeRequestSchema, (id, { channel }) => attempts.sendCode(id, channel)),
    step(
      'challenge',
      'Begins a run of liveness or pose before the camera, says that a prompt is on the screen, or asks for another action.',
      challengeSchema,
      (id, given) => attempts.challenge(id, given),
      'loopback',
    ),
  ];
}
