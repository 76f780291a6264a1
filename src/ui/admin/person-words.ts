import type { AdminPerson } from '../../http/contract-people.js';
import { fill } from '../strings/language.js';
import type { StaffWords } from '../strings/staff.js';

/** The ways in which somebody can be identified, one text each. */
export function factorTexts({ factors }: AdminPerson, w: StaffWords): readonly string[] {
  const contact = (what: string, confirmed: boolean): string =>
    confirmed ? what : fill(w.factors.unconfirmed, { what });
  const { phone, email } = factors;
  return [
    ...(factors.password ? [w.factors.password] : []),
    ...(factors.pin ? [w.factors.pin] : []),
    ...(factors.face ? [w.factors.face] : []),
    ...(factors.pose ? [w.factors.pose] : []),
    ...(factors.totp ? [w.factors.totp] : []),
    ...(phone ? [contact(fill(w.factors.phone, { to: phone.destination }), phone.confirmed)] : []),
    ...(email ? [contact(fill(w.factors.email, { to: email.destination }), email.confirmed)] : []),
    ...(factors.recoveryCodesLeft > 0 ? [fill(w.factors.recovery, { n: factors.recoveryCodesLeft })] : []),
    ...(factors.badges.length > 0
      ? [`${w.factors.badge}: ${factors.badges.map(({ label }) => label).join(', ')}`]
      : []),
  ];
}

/** What of a registration is required and missing. */
export function missingParts({ setup }: AdminPerson): AdminPerson['setup']['required'] {
  return setup.required.filter((part) => !setup.done.includes(part));
}

export const isLocked = ({ locks }: AdminPerson): boolean => locks.some(({ locked }) => locked);
export const hasToWait = ({ locks }: AdminPerson): boolean => locks.some(({ waitMs }) => waitMs > 0);

/** Something about this person waits for somebody. */
export function needsAttention(person: AdminPerson): boolean {
  return person.active && (isLocked(person) || hasToWait(person) || !person.setup.complete);
}

/** Text without case and accents: `muller` finds Müller. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

export const PEOPLE_FILTERS = ['all', 'attention', 'staff', 'inactive'] as const;
export type PeopleFilter = (typeof PEOPLE_FILTERS)[number];

/** People that a search and a filter leave, by name. Every word of the search must be found. */
export function foundPeople(
  people: readonly AdminPerson[],
  search: string,
  filter: PeopleFilter,
  locale: string,
): readonly AdminPerson[] {
  const words = plain(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  const passes: Readonly<Record<PeopleFilter, (person: AdminPerson) => boolean>> = {
    all: () => true,
    attention: needsAttention,
    staff: ({ role }) => role !== 'person',
    inactive: ({ active }) => !active,
  };
  const { compare } = new Intl.Collator(locale);
  return people
    .filter((person) => {
      const text = plain(`${person.name} ${person.externalId ?? ''} ${person.userName ?? ''}`);
      return passes[filter](person) && words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => compare(a.name, b.name));
}
