import type { KioskStatus } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** Ways for whoever is not recognised, or wants more than a punch: large enough for gloves. */
export function Entry(props: {
  readonly s: Strings;
  /** What the policy lets somebody begin now. */
  readonly terminal: KioskStatus['terminal'];
  readonly punch: () => void;
  readonly signIn: () => void;
}) {
  const { s, terminal } = props;
  if (!terminal.attend && !terminal.login) return null;
  return (
    <div class="entry">
      {terminal.attend && (
        <button type="button" class="primary" onClick={props.punch}>
          <Icon name="pad" />
          {s.login.entry.punch}
        </button>
      )}
      {terminal.login && (
        <button type="button" class="plain" onClick={props.signIn}>
          <Icon name="one" />
          {s.login.entry.signIn}
        </button>
      )}
    </div>
  );
}
