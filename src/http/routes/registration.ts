import type { Clock } from '../../ports/clock.js';
import { AttemptRate } from '../attempt-rate.js';
import { readJson } from '../body.js';
import {
  invitationViewSchema,
  registeredSchema,
  registrationRulesSchema,
  registrationSchema,
  resumeSchema,
} from '../contract-login.js';
import { codeSchema } from '../contract-people.js';
import { sessionCookies } from '../cookies.js';
import type { LoginParts } from '../parts-login.js';
import { endFormer } from '../remembered-attempts.js';
import { type Answer, type Exchange, json, type Route } from '../route.js';

type RegistrationParts = Pick<LoginParts, 'registration' | 'sessions'>;

/** Registration by oneself or by invitation. What it opens is a session that can only finish the set-up. */
export function registrationRoutes(
  { registration: desk, sessions }: RegistrationParts,
  clock: Pick<Clock, 'mono'>,
): readonly Route[] {
  const rate = new AttemptRate(clock);
  const opened = async (
    { issued, setup }: Awaited<ReturnType<RegistrationParts['registration']['register']>>,
    status: 200 | 201,
    { caller, secure }: Exchange,
  ): Promise<Answer> => {
    await endFormer(sessions, caller, issued.tokens.accessToken);
    return json({ session: issued.session, setup }, status, sessionCookies(issued.tokens, secure));
  };
  return [
    {
      method: 'GET',
      path: '/api/v1/registration',
      rule: 'page',
      summary: 'Who may register here and what a password must be like.',
      answer: { status: 200, schema: registrationRulesSchema },
      handle: () => json(desk.rules()),
    },
    {
      method: 'POST',
      path: '/api/v1/registration/invitation',
      rule: 'page',
      summary: 'What an invitation is for.',
      body: { json: codeSchema },
      answer: { status: 200, schema: invitationViewSchema },
      handle: async ({ request, caller }) => {
        const { code } = await readJson(request, codeSchema);
        return json(await desk.invitation(code, caller));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/registrations',
      rule: 'page',
      summary: 'Registers a person; the session in the cookies finishes the set-up.',
      body: { json: registrationSchema },
      answer: { status: 201, schema: registeredSchema },
      handle: async (exchange) => {
        const request = await readJson(exchange.request, registrationSchema);
        return opened(await desk.register(request, exchange.caller), 201, exchange);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/registrations/resume',
      rule: 'page',
      summary: 'Takes an unfinished registration, or a reset, up again.',
      body: { json: resumeSchema },
      answer: { status: 200, schema: registeredSchema },
      handle: async (exchange) => {
        const { caller } = exchange;
        const request = await readJson(exchange.request, resumeSchema);
        // Each password costs a computation of which there is only one at a time for everybody.
        rate.take(caller.from, exchange.request.socket.remoteAddress ?? '');
        return opened(await desk.resume(request, caller), 200, exchange);
      },
    },
  ];
}
