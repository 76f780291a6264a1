import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Caller } from './parts.js';

/**
 * Who may use a route. Every rule demands a known Host.
 * `public`: anybody. `local`: the page itself (loopback or configured origin, never another site).
 * `loopback`: the page on this machine only. `enrol`: `local`, and enrolment is open for this caller.
 * `admin`: `Authorization: Bearer <admin code>`.
 */
export type Rule = 'public' | 'local' | 'loopback' | 'enrol' | 'admin';
export type Method = 'GET' | 'POST' | 'DELETE';

/** One request as a route sees it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** Values of the `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What a route answers; `taken` = the route writes the response itself. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: object }
  | { readonly kind: 'empty'; readonly status: 204 }
  | { readonly kind: 'taken' };

export interface Route {
  readonly method: Method;
  /** `/a/:id/b`; a parameter is 1–64 of A-Z a-z 0-9 _ and -. */
  readonly path: string;
  readonly rule: Rule;
  readonly summary: string;
  readonly body?: { readonly json: z.ZodType } | { readonly images: readonly string[] };
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly answer: { readonly status: number; readonly schema?: z.ZodType; readonly stream?: string };
  handle(exchange: Exchange): Promise<Answer> | Answer;
}
