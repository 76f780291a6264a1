import Koa from 'koa';
import { toError } from '../domain/errors.js';
import type { EventStream } from './event-stream.js';
import { checkSameOrigin, type KnownNames, placeOf } from './origin.js';
import type { Caller, HttpParts } from './parts.js';
import { errorAnswer, Refusal } from './refusal.js';
import { matchPath, type Route } from './route.js';
import { apiRoutes } from './routes.js';
import { SECURITY_HEADERS } from './security-headers.js';
import type { StaticFile } from './static-files.js';
import type { VideoFeed } from './video-feed.js';

/** Address of a page → file of the built pages. */
const PAGES: Readonly<Record<string, string>> = { '/': '/index.html', '/admin': '/admin.html' };

export interface AppParts {
  readonly parts: HttpParts;
  readonly events: EventStream;
  readonly video: VideoFeed;
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Known once the server listens. */
  readonly names: () => KnownNames;
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/.exec(header ?? '')?.[1];
}

/** The caller, when the rule of the route lets the request pass; otherwise throws the refusal. */
function admit(ctx: Koa.Context, rule: Route['rule'], app: AppParts): Caller {
  const place = placeOf(ctx.req, app.names());
  const bearer = bearerOf(ctx.req.headers.authorization);
  const admin = bearer !== undefined && app.parts.verifyAdmin(bearer);
  const caller: Caller = { from: place.from, admin };
  if (rule === 'public') return caller;
  checkSameOrigin(ctx.req, place.origin, admin);
  if (rule === 'loopback' && place.from !== 'loopback') {
    throw new Refusal(403, 'loopback_only', 'Only the page on the kiosk itself may do this.', 'Use the kiosk.');
  }
  if (rule === 'admin' && !admin) {
    throw new Refusal(401, 'admin_code_wrong', 'The admin code is missing or wrong.', 'Enter the admin code.', {
      'WWW-Authenticate': 'Bearer realm="vestibule"',
    });
  }
  if (rule === 'enrol' && !app.parts.enrolment.allowed(caller)) {
    throw new Refusal(
      403,
      'enrolment_closed',
      'Enrolment is not open at this page.',
      'Ask an administrator, or run `vestibule enrol` on the kiosk.',
    );
  }
  return caller;
}

function sendFile(ctx: Koa.Context, file: StaticFile): void {
  ctx.set('ETag', file.etag);
  ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.status = 200;
  ctx.type = file.type;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = file.bytes;
}

function methodRefused(allowed: readonly string[]): Refusal {
  return new Refusal(405, 'method_unknown', 'This address does not know this method.', 'Use an allowed method.', {
    Allow: allowed.join(', '),
  });
}

async function answer(ctx: Koa.Context, app: AppParts, routes: readonly Route[]): Promise<void> {
  const file = app.files.get(PAGES[ctx.path] ?? ctx.path);
  const page = ctx.path in PAGES || (file !== undefined && ctx.path.startsWith('/assets/'));
  if (page) {
    admit(ctx, 'public', app);
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw methodRefused(['GET', 'HEAD']);
    if (file !== undefined) return sendFile(ctx, file);
    throw new Refusal(503, 'page_not_built', 'The page is not built.', 'Run `npm run build` and start again.');
  }
  const matches = routes.flatMap((route) => {
    const params = matchPath(route.path, ctx.path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (matches.length === 0) {
    admit(ctx, 'public', app);
    throw new Refusal(404, 'not_found', 'There is nothing at this address.', 'Look the address up in docs/http.md.');
  }
  const match = matches.find(({ route }) => route.method === ctx.method);
  if (match === undefined) {
    admit(ctx, 'public', app);
    throw methodRefused(matches.map(({ route }) => route.method));
  }
  const caller = admit(ctx, match.route.rule, app);
  const query = new URLSearchParams(ctx.querystring);
  const result = await match.route.handle({ request: ctx.req, response: ctx.res, caller, params: match.params, query });
  if (result.kind === 'taken') {
    ctx.respond = false;
    return;
  }
  ctx.status = result.status;
  if (result.kind === 'json') ctx.body = result.body;
}

/** The Koa application: headers, errors as values, the route table. */
export function createApp(app: AppParts): { koa: Koa; routes: readonly Route[] } {
  const koa = new Koa();
  const routes = apiRoutes(app.parts, app.events, app.video);
  const log = app.parts.log;
  koa.use(async (ctx) => {
    ctx.set(SECURITY_HEADERS);
    try {
      await answer(ctx, app, routes);
    } catch (thrown) {
      const { status, body, headers } = errorAnswer(thrown);
      const context = { method: ctx.method, status, code: body.error };
      if (status >= 500 && !(thrown instanceof Refusal))
        log.error({ ...context, err: toError(thrown) }, 'request failed');
      else if (status !== 401 && status !== 404) log.warn(context, 'request refused');
      if (ctx.res.headersSent) {
        ctx.respond = false;
        ctx.res.destroy();
        return;
      }
      ctx.set(headers);
      ctx.status = status;
      ctx.body = body;
      // An unread body would be taken for the next request of the connection.
      if (!ctx.req.complete) ctx.set('Connection', 'close');
    }
  });
  // Raised for broken connections (the client went away); nothing to mend here.
  koa.on('error', (error: Error) => log.warn({ code: (error as NodeJS.ErrnoException).code }, 'connection broke'));
  return { koa, routes };
}
