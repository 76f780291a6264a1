import type { RouterMiddleware } from '@koa/router';
import type Koa from 'koa';
import { checkSameOrigin, type KnownNames, placeOf } from './origin.js';
import type { Caller, HttpParts } from './parts.js';
import { Refusal } from './refusal.js';
import type { Rule } from './route.js';

export interface GuardParts {
  readonly parts: Pick<HttpParts, 'verifyAdmin' | 'enrolment'>;
  /** Known once the server listens. */
  readonly names: () => KnownNames;
}

/** What the guards hand on with a request. */
export interface GuardedState {
  /** Set before anything else is done with a request. */
  place: ReturnType<typeof placeOf>;
  /** Set by the guard of the route. */
  caller: Caller;
}

const ruleOfGuard = new WeakMap<object, Rule>();

/** The rule of a guard made by `guard`; undefined for any other function. */
export function ruleOf(middleware: object | undefined): Rule | undefined {
  return middleware === undefined ? undefined : ruleOfGuard.get(middleware);
}

/** Refuses foreign names (421) before a route is even looked for. */
export function knownHost({ names }: GuardParts): Koa.Middleware<GuardedState> {
  return (ctx, next) => {
    ctx.state.place = placeOf(ctx.req, names());
    return next();
  };
}

/** The first function of a route: lets the request pass when `rule` allows it, otherwise throws the refusal. */
export function guard(rule: Rule, parts: GuardParts): RouterMiddleware<GuardedState> {
  const middleware: RouterMiddleware<GuardedState> = async (ctx, next) => {
    ctx.state.caller = await admit(ctx.req, ctx.state.place, rule, parts.parts);
    return next();
  };
  ruleOfGuard.set(middleware, rule);
  return middleware;
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/.exec(header ?? '')?.[1];
}

async function admit(
  request: Koa.Context['req'],
  { from, origin }: ReturnType<typeof placeOf>,
  rule: Rule,
  parts: GuardParts['parts'],
): Promise<Caller> {
  if (rule === 'public') return { from, admin: false };
  const bearer = bearerOf(request.headers.authorization);
  // Before the code is compared: another site must not be able to make the kiosk count wrong codes.
  checkSameOrigin(request, origin, bearer !== undefined);
  const admin = bearer !== undefined && (await holdsCode(bearer, from, parts));
  if (!admin) checkSameOrigin(request, origin, false);
  const caller: Caller = { from, admin };
  if (rule === 'loopback' && from !== 'loopback') {
    throw new Refusal(403, 'loopback_only', 'Only the page on the kiosk itself may do this.', 'Use the kiosk.');
  }
  if (rule === 'admin' && !admin) {
    throw new Refusal(401, 'admin_code_wrong', 'The admin code is missing or wrong.', 'Enter the admin code.', {
      'WWW-Authenticate': 'Bearer realm="vestibule"',
    });
  }
  if (rule === 'enrol' && !parts.enrolment.allowed(caller)) {
    throw new Refusal(
      403,
      'enrolment_closed',
      'Enrolment is not open at this page.',
      'Ask an administrator, or run `vestibule enrol` on the kiosk.',
    );
  }
  return caller;
}

async function holdsCode(code: string, from: Caller['from'], parts: GuardParts['parts']): Promise<boolean> {
  const verdict = await parts.verifyAdmin(code, from);
  if (verdict.kind === 'wait') {
    throw new Refusal(
      429,
      'too_many_wrong_codes',
      'Too many wrong admin codes were given.',
      `Wait ${verdict.seconds} s and enter the right code. \`vestibule admin-code\` on the kiosk shows it.`,
      { 'Retry-After': String(verdict.seconds) },
    );
  }
  return verdict.kind === 'right';
}
