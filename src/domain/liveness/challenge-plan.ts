import { type ChallengeAction, isTurn, needsBody } from './action.js';
import { anotherAction, drawActions, ordersOf } from './challenge-draw.js';

/** The actions of one challenge that are still to come: drawn at once, and changed only by a further draw. */
export class ChallengePlan {
  readonly #usable: readonly ChallengeAction[];
  readonly #pick: (n: number) => number;
  /** Everything that was drawn so far; no action comes twice. */
  #used: readonly ChallengeAction[];
  #left: readonly ChallengeAction[];
  #unseen = 0;

  /**
   * @param usable actions that may be asked for and can be measured
   * @param pick a whole number from 0 to n − 1, all equally likely
   */
  constructor(usable: readonly ChallengeAction[], pick: (n: number) => number) {
    this.#usable = usable;
    this.#pick = pick;
    this.#left = drawActions(usable, pick) ?? [];
    this.#used = this.#left;
  }

  /** To come, the next one first. Empty from the beginning: the actions allow no challenge. */
  get left(): readonly ChallengeAction[] {
    return this.#left;
  }

  /** Actions that were exchanged because the body is out of the picture. */
  get unseen(): number {
    return this.#unseen;
  }

  /** The next one is asked for now. */
  take(): void {
    this.#left = this.#left.slice(1);
  }

  /**
   * Another action comes next in the place of one that was asked for. False where there is none.
   * @param done actions verified so far
   * @param longer one more is added at the end
   */
  skip(done: readonly ChallengeAction[], longer: boolean): boolean {
    const another = this.#another([...done, ...this.#left]);
    if (another === undefined) return false;
    this.#left = [another, ...this.#left];
    const added = longer ? this.#another([...done, ...this.#left]) : undefined;
    if (added !== undefined) this.#left = [...this.#left, added];
    return true;
  }

  /**
   * Draws what is still to come anew from actions of the head: all orders of as many that were not asked for yet and leave
   * a turn among those done are equally likely. Stays as it is where there is none.
   * @param done actions verified so far
   */
  withoutBody(done: readonly ChallengeAction[]): void {
    const asked = this.#used.filter((action) => !this.#left.includes(action));
    const heads = this.#usable.filter((action) => !needsBody(action) && !asked.includes(action));
    const orders = ordersOf(heads, this.#left.length).filter((order) => [...done, ...order].some(isTurn));
    const order = orders.length === 0 ? undefined : orders[this.#pick(orders.length)];
    if (order === undefined) return;
    this.#unseen += this.#left.filter(needsBody).length;
    this.#left = order;
    this.#used = [...asked, ...order];
  }

  #another(kept: readonly ChallengeAction[]): ChallengeAction | undefined {
    const another = anotherAction(this.#usable, this.#used, kept, this.#pick);
    if (another !== undefined) this.#used = [...this.#used, another];
    return another;
  }
}
