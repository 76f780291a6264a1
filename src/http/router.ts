import Router, { type RouterContext } from '@koa/router';
import type Koa from 'koa';
import { type GuardedState, type GuardParts, guard } from './guard.js';
import { Refusal } from './refusal.js';
import type { Route, Rule } from './route.js';
import type { StaticFile } from './static-files.js';

/** Address of a page → file of the built pages, and who may open it. */
export const PAGES: Readonly<Record<string, { readonly file: string; readonly rule: Rule }>> = {
  '/': { file: '/index.html', rule: 'screen' },
  '/admin': { file: '/admin.html', rule: 'public' },
  '/login': { file: '/login.html', rule: 'public' },
  '/register': { file: '/login.html', rule: 'public' },
  '/otp': { file: '/login.html', rule: 'public' },
  '/me': { file: '/login.html', rule: 'public' },
};
/** A part of a path as it was sent: percent signs are not decoded, so no name can become a path. */
const PARAMETER = /^[A-Za-z0-9_-]{1,64}$/;
/** `/api/v1/State` and `/api/v1/state/` are other addresses than `/api/v1/state`. */
const EXACT = { sensitive: true, strict: true } as const;

export type KioskRouter = Router<GuardedState>;
type Context = RouterContext<GuardedState>;

export interface RouterParts extends GuardParts {
  readonly routes: readonly Route[];
  readonly files: ReadonlyMap<string, StaticFile>;
}

/** The route table and the pages on one router. Every layer begins with the guard of its rule. */
export function routerOf(parts: RouterParts): KioskRouter {
  const router: KioskRouter = new Router<GuardedState>(EXACT);
  for (const route of parts.routes) {
    const layer = router.register(route.path, [route.method], [guard(route, parts), serve(route)], EXACT);
    // The router adds HEAD to GET; a HEAD would open a stream that nobody reads.
    if ('methods' in layer) layer.methods = [route.method];
  }
  const pages = Object.entries(PAGES).map(([path, { rule }]) => ({ path, rule }));
  for (const { path, rule } of [...pages, { path: '/assets/*file', rule: 'public' as const }]) {
    router.register(path, ['GET'], [guard({ rule }, parts), servePage(parts.files)], EXACT);
  }
  return router;
}

/** Behind the router: an address that is none (404) or that does not know the method (405 with Allow). */
export function unrouted(ctx: Koa.Context): never {
  const layers = (ctx as unknown as Context).matched ?? [];
  const allowed = new Set(layers.flatMap(({ methods }) => methods));
  if (allowed.size === 0) throw notFound();
  throw new Refusal(405, 'method_unknown', 'This address does not know this method.', 'Use an allowed method.', {
    Allow: [...allowed].join(', '),
  });
}

function notFound(): Refusal {
  return new Refusal(404, 'not_found', 'There is nothing at this address.', 'Look the address up in docs/http.md.');
}

function serve(route: Route) {
  return async (ctx: Context): Promise<void> => {
    // The captures are as sent; `ctx.params` is decoded and therefore equal only for such values.
    if (!(ctx.captures ?? []).every((value: string) => PARAMETER.test(value))) throw notFound();
    const query = new URLSearchParams(ctx.querystring);
    const { caller, place } = ctx.state;
    const secure = place.origin.startsWith('https:');
    const exchange = { request: ctx.req, response: ctx.res, caller, secure, params: ctx.params, query };
    const result = await route.handle(exchange);
    if (result.kind === 'taken') {
      ctx.respond = false;
      return;
    }
    if (result.cookies !== undefined) ctx.set('Set-Cookie', [...result.cookies]);
    ctx.status = result.status;
    if (result.kind === 'json') ctx.body = result.body;
  };
}

function servePage(files: ReadonlyMap<string, StaticFile>) {
  return (ctx: Context): void => {
    const file = files.get(PAGES[ctx.path]?.file ?? ctx.path);
    if (file === undefined) {
      if (!(ctx.path in PAGES)) throw notFound();
      throw new Refusal(503, 'page_not_built', 'The page is not built.', 'Run `npm run build` and start again.');
    }
    ctx.set('ETag', file.etag);
    ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    ctx.status = 200;
    ctx.type = file.type;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = file.bytes;
  };
}
