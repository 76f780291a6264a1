import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.js';

/** One sentence that says what to do. `bad` is read out at once. */
export function Notice(props: {
  readonly tone: 'bad' | 'warn' | 'good' | 'quiet';
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}) {
  const root = useRef<HTMLParagraphElement>(null);
  useEffect(() => root.current?.scrollIntoView({ block: 'nearest' }), [props.children]);
  const icons = { bad: 'alert', warn: 'alert', good: 'tick', quiet: 'info' } as const;
  return (
    <p ref={root} class={`notice ${props.tone}`} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={props.icon ?? icons[props.tone]} />
      <span>{props.children}</span>
    </p>
  );
}
