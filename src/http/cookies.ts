import type { Tokens } from './contract-login.js';

/**
 * Names of the session cookies. `__Host-` is only taken by browsers over TLS; plain loopback has the same without it
 * (docs/adr/0088).
 */
export function cookieNames(secure: boolean): { readonly access: string; readonly refresh: string } {
  const prefix = secure ? '__Host-' : '';
  return { access: `${prefix}vestibule-access`, refresh: `${prefix}vestibule-refresh` };
}

const TOKEN = /^[A-Za-z0-9._~-]{1,2048}$/;

/** The value of a cookie; undefined when it is absent, malformed, or there twice: then somebody else put one there. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && TOKEN.test(value) ? value : undefined;
}

/** `Set-Cookie` of a new session. Without a lifetime: the session itself says when it ends. */
export function sessionCookies(tokens: Tokens, secure: boolean): readonly string[] {
  const names = cookieNames(secure);
  const attributes = attributesOf(secure);
  return [
    `${names.access}=${tokens.accessToken}; ${attributes}`,
    `${names.refresh}=${tokens.refreshToken}; ${attributes}`,
  ];
}

/** `Set-Cookie` that takes both cookies away. */
export function clearedCookies(secure: boolean): readonly string[] {
  const { access, refresh } = cookieNames(secure);
  return [access, refresh].map((name) => `${name}=; Max-Age=0; ${attributesOf(secure)}`);
}

function attributesOf(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
