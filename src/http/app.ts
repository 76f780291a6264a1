import Koa from 'koa';
import { toError } from '../domain/errors.js';
import type { EventStream } from './event-stream.js';
import { type GuardedState, knownHost } from './guard.js';
import type { KnownNames } from './origin.js';
import type { HttpParts } from './parts.js';
import { errorAnswer, Refusal } from './refusal.js';
import { type KioskRouter, routerOf, unrouted } from './router.js';
import { apiRoutes } from './routes.js';
import { SECURITY_HEADERS } from './security-headers.js';
import type { StaticFile } from './static-files.js';
import type { VideoFeed } from './video-feed.js';

export interface AppParts {
  readonly parts: HttpParts;
  readonly events: EventStream;
  readonly video: VideoFeed;
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Known once the server listens. */
  readonly names: () => KnownNames;
}

/** The Koa application: headers, errors as values, known names, the router. */
export function createApp(app: AppParts): { koa: Koa<GuardedState>; router: KioskRouter } {
  const koa = new Koa<GuardedState>();
  const router = routerOf({ ...app, routes: apiRoutes(app.parts, app.events, app.video) });
  const log = app.parts.log;
  koa.use(async (ctx, next) => {
    ctx.set(SECURITY_HEADERS);
    try {
      await next();
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
  koa.use(knownHost(app));
  koa.use(homeOfOthers);
  koa.use(router.routes());
  koa.use(unrouted);
  // Raised for broken connections (the client went away); nothing to mend here.
  koa.on('error', (error: Error) => log.warn({ code: (error as NodeJS.ErrnoException).code }, 'connection broke'));
  return { koa, router };
}

/** The kiosk's own page is not for other browsers: whoever types no more than its name there wants to sign in. */
const homeOfOthers: Koa.Middleware<GuardedState> = (ctx, next) => {
  if (ctx.state.place.from !== 'lan' || ctx.method !== 'GET' || ctx.path !== '/') return next();
  ctx.redirect('/login');
};
