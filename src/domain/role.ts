/** What somebody may do at the kiosk, least first. One table says which role may call which route (http/access.ts). */
export const ROLES = ['person', 'operator', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Roles that work with other people's records; they need a session of the purpose `admin`. */
export const STAFF_ROLES = ['operator', 'manager', 'admin'] as const satisfies readonly Role[];
