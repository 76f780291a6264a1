import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** Ways for whoever is not recognised, or wants more than a punch: large enough for gloves. */
export function Entry(props: { readonly s: Strings; readonly punch: () => void; readonly signIn: () => void }) {
  const { s } = props;
  return (
    <div class="entry">
      <button type="button" class="primary" onClick={props.punch}>
        <Icon name="pad" />
        {s.login.entry.punch}
      </button>
      <button type="button" class="plain" onClick={props.signIn}>
        <Icon name="one" />
        {s.login.entry.signIn}
      </button>
    </div>
  );
}
