import type { ComponentChildren } from 'preact';
import type { WireError } from '../../http/contract.js';
import { problemText } from '../login/problem-text.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';

/** A form of one or two fields: what went wrong above them, one large button below. */
export function Form(props: {
  readonly send: () => void;
  readonly ready: boolean;
  readonly busy: boolean;
  readonly problem: WireError | undefined;
  readonly text?: string;
  readonly children: ComponentChildren;
}) {
  const { s } = usePage();
  return (
    <form
      class="factor"
      onSubmit={(event) => {
        event.preventDefault();
        if (props.ready && !props.busy) props.send();
      }}
    >
      {props.problem !== undefined && <Notice tone="bad">{problemText(props.problem, s)}</Notice>}
      {props.children}
      <div class="buttons end">
        <button type="submit" class="primary" disabled={!props.ready || props.busy}>
          {props.text ?? s.account.save}
        </button>
      </div>
    </form>
  );
}
