import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Role } from '../../domain/role.js';
import type { Language } from '../../http/contract.js';
import { type CallOptions, call, type Method, type Reply } from '../daemon/call.js';
import { ownCall } from '../daemon/session.js';
import { TABLES } from '../strings/language.js';
import { STAFF_TABLES, type StaffWords } from '../strings/staff.js';
import type { Strings } from '../strings/table.js';

/** How this page is signed in. The admin code stands for an administrator and is nobody in particular. */
export type Access =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'session'; readonly personId: string; readonly name: string; readonly role: Role };

/** Who works at this page, in which language, and how requests are made. */
export interface Staff {
  readonly access: Access;
  readonly role: Role;
  readonly s: Strings;
  readonly w: StaffWords;
  readonly language: Language;
  /** IANA zone of the kiosk. */
  readonly zone: string;
  /** One request in the name of who is signed in; when that is over, the page asks to sign in again. */
  send<T>(method: Method, path: string, json?: object): Promise<Reply<T>>;
}

export const StaffContext = createContext<Staff>({
  access: { kind: 'code', code: '' },
  role: 'operator',
  s: TABLES.en,
  w: STAFF_TABLES.en,
  language: 'en',
  zone: 'UTC',
  send: () => Promise.reject(new Error('not signed in')),
});

export function useStaff(): Staff {
  return useContext(StaffContext);
}

/** One request with the code or in the session. */
export function staffCall<T>(
  access: Access,
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Reply<T>> {
  if (access.kind === 'code') return call<T>(method, path, { ...options, code: access.code });
  return ownCall<T>(method, path, options);
}

export function roleOf(access: Access): Role {
  return access.kind === 'code' ? 'admin' : access.role;
}

const RANKS: readonly Role[] = ['person', 'operator', 'manager', 'admin'];

/** Whether somebody of a role has at least another one. */
export function atLeast(role: Role, least: Role): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(least);
}

/** Whether somebody of a role may act on somebody of another one, as the daemon decides it (kiosk-people.ts). */
export function mayActOn(role: Role, other: Role): boolean {
  return role === 'admin' || RANKS.indexOf(role) > RANKS.indexOf(other);
}
