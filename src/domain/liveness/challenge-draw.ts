import { type ChallengeAction, isTurn, needsBody } from './action.js';

/** Actions of a challenge nobody skips in. */
export const DRAWN_ACTIONS = 3;

/**
 * Draws three different actions in order, at least one of them a turn: every such triple is equally likely, which
 * drawing three and mending the last would not give. Undefined where the actions allow none.
 * @param pick a whole number from 0 to n − 1, all equally likely
 */
export function drawActions(
  actions: readonly ChallengeAction[],
  pick: (n: number) => number,
): readonly ChallengeAction[] | undefined {
  const triples = orderedTriples([...new Set(actions)]);
  return triples.length === 0 ? undefined : triples[pick(triples.length)];
}

/** Every order of three different actions with at least one turn: 384 for all ten actions. */
export function orderedTriples(actions: readonly ChallengeAction[]): readonly (readonly ChallengeAction[])[] {
  return ordersOf(actions, DRAWN_ACTIONS).filter((order) => order.some(isTurn));
}

/** Every order of so many of these actions, none of them twice; the actions have to be different ones. */
export function ordersOf(actions: readonly ChallengeAction[], count: number): readonly (readonly ChallengeAction[])[] {
  if (count === 0) return [[]];
  return actions.flatMap((first) => {
    const others = actions.filter((one) => one !== first);
    return ordersOf(others, count - 1).map((rest) => [first, ...rest]);
  });
}

/**
 * Another action in the place of one that the person cannot do, all that are left equally likely. Where no turn would be
 * left among those done and those to come, it is a turn; undefined where none is left.
 * @param used everything that was asked for, drawn or skipped
 * @param kept actions done and still to come, without the one that is skipped
 */
export function anotherAction(
  actions: readonly ChallengeAction[],
  used: readonly ChallengeAction[],
  kept: readonly ChallengeAction[],
  pick: (n: number) => number,
): ChallengeAction | undefined {
  const left = [...new Set(actions)].filter((action) => !used.includes(action));
  const allowed = kept.some(isTurn) ? left : left.filter(isTurn);
  return allowed.length === 0 ? undefined : allowed[pick(allowed.length)];
}

/** The actions that these networks can see. */
export function measurableActions(
  actions: readonly ChallengeAction[],
  networks: { readonly mesh?: string; readonly body?: string },
): readonly ChallengeAction[] {
  if (networks.mesh === undefined) return [];
  return actions.filter((action) => networks.body !== undefined || !needsBody(action));
}
