import type { Config } from '../config/schema.js';
import { type FactorKind, isBiometric } from '../domain/factor.js';
import type { Person } from '../domain/person.js';
import type { Alternative } from '../domain/policy.js';
import { hasConsent } from '../people/consent.js';
import type { PersonCredentials } from '../people/credentials.js';
import type { Templates } from '../people/templates.js';

/** What a person sets up by himself. */
const SETUP_PARTS = ['password', 'face', 'otp', 'pin'] as const;
export type SetupPart = (typeof SETUP_PARTS)[number];

/** How far a registration is. */
export interface SetupState {
  readonly complete: boolean;
  readonly required: readonly SetupPart[];
  readonly done: readonly SetupPart[];
}

/** What a registration needs here and now. */
export interface SetupRules {
  readonly face: Config['registration']['face'];
  /** The factor pose asks for a body motion that was set up: that is done on the own page, so not here. */
  readonly poseNeedsSetup?: boolean;
  /** Ways in that the person has to be able to go, one list a purpose; a list without entries is closed and asks nothing. */
  readonly purposes: readonly (readonly Alternative[])[];
  /** Some way to get a code works for this person. */
  readonly hasCodes: boolean;
}

/**
 * What a person has set up and what is still required: a password always, the face where the configuration says so, and
 * for each purpose the parts that are missing in the alternative that needs the fewest further ones.
 */
export function setupOf(
  person: Person,
  credentials: PersonCredentials | undefined,
  templates: Pick<Templates, 'of'>,
  rules: SetupRules,
): SetupState {
  const hasFace = hasConsent(person) && templates.of(person.id).some((template) => template.kind === 'face');
  const has: Readonly<Record<SetupPart, boolean>> = {
    password: credentials?.passwordHash !== undefined,
    face: hasFace,
    otp: rules.hasCodes,
    pin: credentials?.pinHash !== undefined,
  };
  const done = SETUP_PARTS.filter((part) => has[part]);
  const required = new Set<SetupPart>(['password']);
  if (rules.face === 'required') required.add('face');
  const hasPose = templates.of(person.id).some((template) => template.kind === 'pose');
  const owned: ReadonlySet<FactorKind> = new Set<FactorKind>([
    ...done,
    // Whoever is alive has it.
    'liveness',
    ...(hasPose ? (['pose'] as const) : []),
    ...((credentials?.badges.length ?? 0) > 0 ? (['badge'] as const) : []),
  ]);
  for (const alternatives of rules.purposes)
    for (const part of nearest(alternatives, owned, required, rules)) required.add(part);
  return {
    complete: [...required].every((part) => has[part]),
    required: SETUP_PARTS.filter((part) => required.has(part)),
    done,
  };
}

/** Parts of the alternative for which the least is missing; of equal ones the first without face and pose. */
function nearest(
  alternatives: readonly Alternative[],
  owned: ReadonlySet<FactorKind>,
  required: ReadonlySet<SetupPart>,
  rules: SetupRules,
): readonly SetupPart[] {
  let best: { readonly parts: readonly SetupPart[]; readonly cost: number } | undefined;
  for (const alternative of alternatives) {
    const kinds = alternative.flat();
    const missing = kinds.filter((kind) => !owned.has(kind) && !required.has(kind as SetupPart));
    // A badge is handed out by others, and a face may not be wanted here.
    const isReachable = missing.every((kind) =>
      kind === 'pose' ? rules.poseNeedsSetup !== true : isPart(kind) && (kind !== 'face' || rules.face !== 'off'),
    );
    if (!isReachable) continue;
    // Nobody has to be able to move as a challenge asks while there is another way.
    const cost = missing.length + (missing.some(isBiometric) ? 0.5 : 0);
    if (best === undefined || cost < best.cost) best = { parts: kinds.filter(isPart), cost };
  }
  return best?.parts ?? [];
}

function isPart(kind: FactorKind): kind is SetupPart {
  return SETUP_PARTS.some((part) => part === kind);
}
