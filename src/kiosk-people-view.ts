import type { CorrectionRecord } from './attendance/correction-record.js';
import { maskedEmail, maskedPhone } from './auth/factors/otp-destination.js';
import type { Template } from './domain/template.js';
import type { CorrectionRow, Factors } from './http/contract-people.js';
import type { PersonCredentials } from './people/credentials.js';

/** Which factors somebody has, in the form that pages may see. @param templates all that are stored of him */
export function factorsView(
  credentials: PersonCredentials | undefined,
  templates: readonly Pick<Template, 'kind'>[],
): Factors {
  const { wanted } = credentials ?? {};
  // What was never confirmed is shown only where nothing confirmed is in force.
  const phone = credentials?.phone ?? (wanted?.phone === undefined ? undefined : { number: wanted.phone });
  const email = credentials?.email ?? (wanted?.email === undefined ? undefined : { address: wanted.email });
  return {
    password: credentials?.passwordHash !== undefined,
    pin: credentials?.pinHash !== undefined,
    badges: (credentials?.badges ?? []).map(({ id, label, addedAt }) => ({ id, label, addedAt })),
    totp: credentials?.totp?.confirmedAt !== undefined,
    ...(phone !== undefined && {
      phone: { destination: maskedPhone(phone.number), confirmed: 'confirmedAt' in phone },
    }),
    ...(email !== undefined && {
      email: { destination: maskedEmail(email.address), confirmed: 'confirmedAt' in email },
    }),
    recoveryCodesLeft: (credentials?.recovery ?? []).filter(({ usedAt }) => usedAt === undefined).length,
    face: templates.some(({ kind }) => kind === 'face'),
    pose: templates.some(({ kind }) => kind === 'pose'),
  };
}

/** A request for a correction as pages see it. What is approved but not written yet still counts as open. */
export function correctionRow(record: CorrectionRecord, nameOf: (id: string) => string | undefined): CorrectionRow {
  const shown = (id: string) => {
    const name = nameOf(id);
    return name === undefined ? undefined : { id, name };
  };
  const { eventId, was, direction, at, note } = record;
  const decidedBy = record.decidedBy === undefined ? undefined : shown(record.decidedBy);
  return {
    id: record.id,
    person: shown(record.personId) ?? null,
    requestedAt: record.requestedAt,
    state: record.state === 'approving' ? 'open' : record.state,
    ...(eventId !== undefined && { eventId }),
    ...(was !== undefined && { was }),
    ...(direction !== undefined && { direction }),
    ...(at !== undefined && { at }),
    reason: record.reason,
    ...(decidedBy !== undefined && { decidedBy }),
    ...(note !== undefined && { note }),
  };
}
