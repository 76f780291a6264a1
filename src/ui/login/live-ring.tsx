import type { ComponentChildren } from 'preact';

const part = (value: number) => Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0));

/** A round picture; the outer ring is the time that is left, the inner one how far the movement has come. 0–1 each. */
export function LiveRing(props: {
  readonly left?: number | undefined;
  readonly done?: number | undefined;
  /** What is drawn inside, on a grid of 200 units. */
  readonly children?: ComponentChildren;
}) {
  const { left, done } = props;
  return (
    <svg class="live-ring" viewBox="0 0 240 240" aria-hidden="true">
      <circle class="ground" cx="120" cy="120" r="104" />
      {left !== undefined && <Track radius={114} kind="left" share={part(left)} />}
      {done !== undefined && <Track radius={103} kind="done" share={part(done)} />}
      <g transform="translate(36 36) scale(.84)">{props.children}</g>
    </svg>
  );
}

function Track(props: { readonly radius: number; readonly kind: 'left' | 'done'; readonly share: number }) {
  const { radius, kind, share } = props;
  const circle = { cx: 120, cy: 120, r: radius, pathLength: 100 };
  return (
    <g transform="rotate(-90 120 120)">
      <circle class="track" {...circle} />
      {/* A round cap would show a point where nothing is. */}
      {share > 0 && <circle class={kind} {...circle} style={{ strokeDashoffset: `${100 - 100 * share}` }} />}
    </g>
  );
}
