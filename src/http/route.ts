import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Rule } from './access.js';
import type { Factors } from './contract-people.js';
import type { Caller } from './parts.js';

export type { Rule } from './access.js';
export type Method = 'GET' | 'POST' | 'DELETE';

/** One request as a route sees it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** The browser reached the kiosk by TLS. */
  readonly secure: boolean;
  /** Values of the `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What a route answers; `taken` = the route writes the response itself. `cookies`: values of Set-Cookie. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: object; readonly cookies?: readonly string[] }
  | { readonly kind: 'empty'; readonly status: 204; readonly cookies?: readonly string[] }
  | { readonly kind: 'taken' };

export interface Route {
  readonly method: Method;
  /** `/a/:id/b`; a parameter is 1–64 of A-Z a-z 0-9 _ and -. */
  readonly path: string;
  /** Who may use it: a row of the table in http/access.ts. */
  readonly rule: Rule;
  readonly summary: string;
  /** Faces are taken by the kiosk's own camera only: not through the listener for other browsers. */
  readonly kioskOnly?: true;
  /** Where the person has this already, the route would exchange it: then the session must be fresh. */
  readonly replaces?: {
    readonly present: (factors: Factors) => boolean;
    /** Sessions that finish a registration or a reset may exchange it without. */
    readonly freeInSetup: boolean;
  };
  readonly body?: { readonly json: z.ZodType } | { readonly images: readonly string[] };
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly answer: { readonly status: number; readonly schema?: z.ZodType; readonly stream?: string };
  handle(exchange: Exchange): Promise<Answer> | Answer;
}

export const json = (body: object, status = 200, cookies: readonly string[] = []): Answer => ({
  kind: 'json',
  status,
  body,
  ...(cookies.length > 0 && { cookies }),
});
export const empty: Answer = { kind: 'empty', status: 204 };
