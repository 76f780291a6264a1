import type { WireError } from '../../http/contract.js';

/** What the daemon answered: the value, or an error whose sentences may be shown. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

const UNREACHABLE: WireError = { error: 'unreachable', message: '', mend: '' };

/** One request to the daemon. Never throws. */
export async function call<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options: { readonly json?: object; readonly image?: Blob; readonly code?: string } = {},
): Promise<Reply<T>> {
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
    return response.ok ? { ok: true, value: value as T } : { ok: false, error: value as WireError };
  } catch {
    return { ok: false, error: UNREACHABLE };
  }
}
