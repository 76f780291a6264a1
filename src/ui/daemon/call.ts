import type { WireError } from '../../http/contract.js';

/** What the daemon answered: the value, or an error whose sentences may be shown. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: WireError;
      /** HTTP status, 0 when nothing came back. */
      readonly status: number;
    };
export type Method = 'GET' | 'POST' | 'DELETE';
export interface CallOptions {
  readonly json?: object;
  readonly image?: Blob;
  readonly code?: string;
}

const UNREACHABLE: WireError = { error: 'unreachable', message: '', mend: '' };

/** One request to the daemon. Never throws. */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<Reply<T>> {
  const headers: Record<string, string> = {};
  if (options.json !== undefined) headers['Content-Type'] = 'application/json';
  if (options.image !== undefined) headers['Content-Type'] = options.image.type;
  if (options.code !== undefined) headers.Authorization = `Bearer ${options.code}`;
  const body = options.json !== undefined ? JSON.stringify(options.json) : options.image;
  try {
    const response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body }),
    });
    const value: unknown = response.status === 204 ? undefined : await response.json();
    return response.ok
      ? { ok: true, value: value as T }
      : { ok: false, error: value as WireError, status: response.status };
  } catch {
    return { ok: false, error: UNREACHABLE, status: 0 };
  }
}
