/** What somebody may do at the kiosk, least first. One table says which role may call which route (http/access.ts). */
export const ROLES = ['person', 'operator', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];
