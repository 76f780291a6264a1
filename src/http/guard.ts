import type { RouterMiddleware } from '@koa/router';
import type Koa from 'koa';
import { type Access, accessOf, type SessionNeed } from './access.js';
import { cookieNames, cookieOf } from './cookies.js';
import { checkSameOrigin, type KnownNames, type Place, placeOf } from './origin.js';
import type { Caller, HttpParts } from './parts.js';
import type { SessionFacts } from './parts-login.js';
import { Refusal } from './refusal.js';
import type { Route, Rule } from './route.js';

export interface GuardParts {
  readonly parts: Pick<HttpParts, 'verifyAdmin' | 'enrolment' | 'login'>;
  /** Known once the server listens. */
  readonly names: () => KnownNames;
}

/** What the guards hand on with a request. */
export interface GuardedState {
  /** Set before anything else is done with a request. */
  place: Place;
  /** Set by the guard of the route. */
  caller: Caller;
}

/** What a guard looks at; a page has no more than a rule. */
export type Guarded = Pick<Route, 'rule' | 'kioskOnly' | 'replaces'>;

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

/** The first function of a route: lets the request pass when its rule allows it, otherwise throws the refusal. */
export function guard(route: Guarded, parts: GuardParts): RouterMiddleware<GuardedState> {
  const middleware: RouterMiddleware<GuardedState> = async (ctx, next) => {
    ctx.state.caller = await admit(ctx.req, ctx.state.place, route, parts.parts);
    return next();
  };
  ruleOfGuard.set(middleware, route.rule);
  return middleware;
}

async function admit(
  request: Koa.Context['req'],
  place: Place,
  route: Guarded,
  parts: GuardParts['parts'],
): Promise<Caller> {
  const access = accessOf(route.rule);
  const { from } = place;
  if (!access.from.includes(from) || (route.kioskOnly === true && from === 'lan')) throw elsewhere(access);
  if (!access.sameOrigin) return { from, admin: false };
  const caller = await callerOf(request, place, parts);
  if (access.session !== undefined) {
    const { session } = caller;
    if (!caller.admin || session !== undefined || !access.session.orAdminCode) checkSession(session, access.session);
    await checkReplaced(session, route, parts);
  }
  if (access.enrolmentOpen === true && !parts.enrolment.allowed(caller)) {
    throw new Refusal(
      403,
      'enrolment_closed',
      'Enrolment is not open at this page.',
      'Ask an administrator, or run `vestibule enrol` on the kiosk.',
    );
  }
  return caller;
}

/** Who asks: a bearer token or code, or the cookie of the page. A bearer that is wrong is never made good by a cookie. */
async function callerOf(
  request: Koa.Context['req'],
  { from, origin }: Place,
  parts: GuardParts['parts'],
): Promise<Caller> {
  const { authorization, cookie } = request.headers;
  const bearer = /^Bearer ([\x21-\x7e]{1,2048})$/.exec(authorization ?? '')?.[1];
  // Before anything is compared: another site must not be able to make the kiosk count wrong codes.
  checkSameOrigin(request, origin, bearer !== undefined);
  // A page that asks again and again must not keep its session open for ever: it tells a touch by itself.
  const touch = bearer !== undefined || request.method !== 'GET';
  if (bearer !== undefined) {
    // The admin code has no dots, a token has two.
    if (bearer.includes('.')) {
      const session = await parts.login.sessions.verify(bearer, { touch });
      if (session === undefined) throw noSession();
      return { from, admin: isAdministrator(session), session };
    }
    if (from === 'loopback' && (await holdsCode(bearer, from, parts))) return { from, admin: true };
  }
  checkSameOrigin(request, origin, false);
  const token =
    authorization === undefined ? cookieOf(cookie, cookieNames(origin.startsWith('https:')).access) : undefined;
  const session = token === undefined ? undefined : await parts.login.sessions.verify(token, { touch });
  return session === undefined ? { from, admin: false } : { from, admin: isAdministrator(session), session };
}

function isAdministrator(session: SessionFacts): boolean {
  return session.purpose === 'admin' && session.role === 'admin';
}

function checkSession(session: SessionFacts | undefined, need: SessionNeed): void {
  if (session === undefined) throw need.orAdminCode ? noCode() : noSession();
  if (!need.purposes.includes(session.purpose) || !need.roles.includes(session.role)) {
    throw new Refusal(
      403,
      'not_permitted',
      'This session may not do that.',
      need.orAdminCode ? 'Sign in as somebody who may administrate.' : 'Finish the registration or sign in.',
    );
  }
  if (need.fresh.includes(session.purpose) && !session.fresh) throw notFresh();
}

/** What is there already is exchanged by a fresh session only. */
async function checkReplaced(
  session: SessionFacts | undefined,
  { replaces }: Guarded,
  { login }: GuardParts['parts'],
): Promise<void> {
  if (replaces === undefined || session === undefined || session.fresh) return;
  if (replaces.freeInSetup && session.purpose === 'setup') return;
  const profile = await login.own.profile(session.personId);
  if (profile === undefined || replaces.present(profile.factors)) throw notFresh();
}

function notFresh(): Refusal {
  return new Refusal(
    403,
    'factors_missing',
    'This needs two factors within the last five minutes.',
    'Sign in again with two factors, then repeat this within five minutes.',
  );
}

/** @param cookies values of Set-Cookie that go with it */
export function noSession(cookies: readonly string[] = []): Refusal {
  return new Refusal(401, 'session_missing', 'There is no session, or it has ended.', 'Sign in again.', {
    'WWW-Authenticate': 'Bearer realm="vestibule"',
    ...(cookies.length > 0 && { 'Set-Cookie': [...cookies] }),
  });
}

function noCode(): Refusal {
  return new Refusal(
    401,
    'admin_code_wrong',
    'There is no session of an administrator, and no right admin code.',
    'Sign in at /login, or enter the admin code on the kiosk itself.',
    { 'WWW-Authenticate': 'Bearer realm="vestibule"' },
  );
}

function elsewhere(access: Access): Refusal {
  if (access.from.length === 1)
    return new Refusal(403, 'loopback_only', 'Only the page on the kiosk itself may do this.', 'Use the kiosk.');
  return new Refusal(403, 'kiosk_only', 'Other browsers on the network cannot do this.', 'Use the kiosk.');
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
