import { readJson } from '../body.js';
import { refreshedSchema, refreshRequestSchema, sessionViewSchema } from '../contract-login.js';
import { clearedCookies, cookieNames, cookieOf, sessionCookies } from '../cookies.js';
import { noSession } from '../guard.js';
import type { LoginParts } from '../parts-login.js';
import { type Exchange, json, type Route } from '../route.js';

/** The session of the caller: look, keep alive, renew, end. */
export function sessionRoutes({ sessions }: Pick<LoginParts, 'sessions'>): readonly Route[] {
  const viewOf = ({ caller }: Exchange) => {
    const view = caller.session === undefined ? undefined : sessions.view(caller.session.sessionId);
    if (view === undefined) throw noSession();
    return view;
  };
  return [
    {
      method: 'GET',
      path: '/api/v1/session',
      rule: 'page',
      summary: "The caller's session; 401 without one. To look does not keep it alive.",
      answer: { status: 200, schema: sessionViewSchema },
      handle: (exchange) => json(viewOf(exchange)),
    },
    {
      method: 'POST',
      path: '/api/v1/session/touch',
      rule: 'page',
      summary: 'The person touched the screen: the session goes on.',
      answer: { status: 200, schema: sessionViewSchema },
      handle: (exchange) => {
        const { session } = exchange.caller;
        if (session !== undefined) sessions.touch(session.sessionId);
        return json(viewOf(exchange));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/session/refresh',
      rule: 'page',
      summary: 'New tokens for the refresh token of the cookie or body. One that was used ends its session.',
      body: { json: refreshRequestSchema },
      answer: { status: 200, schema: refreshedSchema },
      handle: async ({ request, secure }) => {
        const given = (await readJson(request, refreshRequestSchema)).refreshToken;
        const token = given ?? refreshCookie(request.headers.cookie, secure);
        const issued = token === undefined ? undefined : await sessions.refresh(token);
        if (issued === undefined) throw noSession(given === undefined ? clearedCookies(secure) : []);
        const { session, tokens } = issued;
        if (given !== undefined) return json({ session, tokens });
        return json({ session }, 200, sessionCookies(tokens, secure));
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/session',
      rule: 'page',
      summary: 'Ends the session and takes the cookies away.',
      answer: { status: 204 },
      handle: async ({ request, caller, secure }) => {
        if (caller.session !== undefined) sessions.end(caller.session.sessionId);
        else await endByRefresh(sessions, refreshCookie(request.headers.cookie, secure));
        return { kind: 'empty', status: 204, cookies: clearedCookies(secure) };
      },
    },
  ];
}

function refreshCookie(header: string | undefined, secure: boolean): string | undefined {
  return cookieOf(header, cookieNames(secure).refresh);
}

/** The access token has died of age: the refresh token still says whose session it is. */
async function endByRefresh(sessions: LoginParts['sessions'], refreshToken: string | undefined): Promise<void> {
  const issued = refreshToken === undefined ? undefined : await sessions.refresh(refreshToken);
  const facts = issued === undefined ? undefined : await sessions.verify(issued.tokens.accessToken);
  if (facts !== undefined) sessions.end(facts.sessionId);
}
