import type { ComponentChildren } from 'preact';
import type { ChallengeAction } from '../../domain/liveness/action.js';

/**
 * Drawings of the actions on a 200-unit grid, as the person would see himself in a mirror: the own left is at the left
 * of the screen, so an arrow points where the person has to move. Those to the right are the others mirrored.
 */
export function ActionPicture({ action }: { readonly action: ChallengeAction }) {
  const mirrored = action.includes('right');
  return (
    <g class={`action ${action}`} {...(mirrored && { transform: 'translate(200 0) scale(-1 1)' })}>
      {drawingOf(action)}
    </g>
  );
}

function drawingOf(action: ChallengeAction): ComponentChildren {
  switch (action) {
    case 'turn_left':
    case 'turn_right':
      return (
        <>
          <Change from={<Head />} to={<TurnedHead />} />
          <Arrow path="M156 46C128 12 72 12 46 42" tip="M46 42l-3-25M46 42l25-6" />
        </>
      );
    case 'look_up':
      return (
        <>
          <Change from={<Head />} to={<Head eyes={72} mouth={112} nose="M92 96q8-14 16 0" brow={-14} />} />
          <Arrow path="M178 152V62" tip="M178 62l-16 19M178 62l16 19" />
        </>
      );
    case 'look_down':
      return (
        <>
          <Change from={<Head />} to={<Head eyes={116} mouth={150} nose="M100 118l-7 22h14" brow={30} lowered />} />
          <Arrow path="M178 62v90" tip="M178 152l-16-19M178 152l16-19" />
        </>
      );
    case 'open_mouth':
      return (
        <>
          <Change from={<Head />} to={<Head open />} />
          <Arrow path="M178 96v76" tip="M178 94l-14 17M178 94l14 17M178 174l-14-17M178 174l14-17" />
        </>
      );
    case 'blink':
      return (
        <>
          <Change from={<Head wide />} to={<Head closed />} />
          <Arrow path="M76 30v30M124 30v30" tip="M76 62l-12-14M76 62l12-14M124 62l-12-14M124 62l12-14" />
        </>
      );
    case 'raise_left_hand':
    case 'raise_right_hand':
      return (
        <>
          <Change
            from={
              <>
                <Limb path="M64 128L40 186" />
                <Bust />
              </>
            }
            to={
              <>
                <Limb path="M64 128L32 112L36 58" />
                <Hand />
                <Bust />
              </>
            }
          />
          <Arrow path="M12 132V50" tip="M12 50L-1 68M12 50l13 18" />
        </>
      );
    case 'lean_left':
    case 'lean_right':
      return (
        <>
          <g class="ghost">
            <Bust />
          </g>
          <Change
            from={<Bust />}
            to={
              <g transform="translate(-16 -6) rotate(-20 100 170)">
                <Bust />
              </g>
            }
          />
          <Arrow path="M150 24H62" tip="M58 24l19-15M58 24l19 15" />
        </>
      );
  }
}

/** Two pictures that follow each other; where movement is not wanted only the second is seen. */
function Change(props: { readonly from: ComponentChildren; readonly to: ComponentChildren }) {
  return (
    <>
      <g class="from">{props.from}</g>
      <g class="to">{props.to}</g>
    </>
  );
}

function Arrow({ path, tip }: { readonly path: string; readonly tip: string }) {
  return (
    <g class="arrow">
      <path class="halo" d={`${path}${tip}`} />
      <path d={`${path}${tip}`} />
    </g>
  );
}

/** A face from the front. Numbers are heights on the grid. */
function Head(props: {
  readonly eyes?: number;
  readonly mouth?: number;
  readonly nose?: string;
  /** By how much the hair comes down. */
  readonly brow?: number;
  readonly open?: boolean;
  readonly closed?: boolean;
  readonly wide?: boolean;
  readonly lowered?: boolean;
}) {
  const { eyes = 92, mouth = 136, brow = 0 } = props;
  const top = 64 + brow;
  return (
    <>
      <ellipse class="skin" cx="49" cy="104" rx="9" ry="15" />
      <ellipse class="skin" cx="151" cy="104" rx="9" ry="15" />
      <ellipse class="skin" cx="100" cy="104" rx="50" ry="66" />
      <path
        class="hair"
        d={`M50 104C46 14 154 14 150 104C146 ${top + 14} 128 ${top} 100 ${top}S54 ${top + 14} 50 104z`}
      />
      {[80, 120].map((x) => (
        <Eye key={x} x={x} y={eyes} {...props} />
      ))}
      <path class="line" d={props.nose ?? 'M100 98l-7 22h14'} />
      {props.open ? (
        <ellipse class="dark" cx="100" cy="146" rx="17" ry="18" />
      ) : (
        <path class="line" d={`M80 ${mouth}q20 12 40 0`} />
      )}
    </>
  );
}

function Eye(props: {
  readonly x: number;
  readonly y: number;
  readonly closed?: boolean;
  readonly wide?: boolean;
  readonly lowered?: boolean;
}) {
  const { x, y } = props;
  if (props.closed)
    return (
      <path
        class="line"
        d={`M${x - 13} ${y}q13 11 26 0M${x - 8} ${y + 6}l-4 8M${x} ${y + 8}v8M${x + 8} ${y + 6}l4 8`}
      />
    );
  if (props.lowered) return <path class="line" d={`M${x - 11} ${y}q11 8 22 0`} />;
  if (!props.wide) return <circle class="dark" cx={x} cy={y} r="6.500" />;
  return (
    <>
      <path class="eye" d={`M${x - 15} ${y}q15-17 30 0q-15 17-30 0z`} />
      <circle class="dark" cx={x} cy={y} r="6.500" />
    </>
  );
}

/** The same face turned towards the left of the screen. */
function TurnedHead() {
  return (
    <>
      <path
        class="skin"
        d="M106 38C68 38 52 66 54 92L40 118q-3 7 6 8l8 1C56 152 76 170 100 170C134 170 152 138 152 104C152 66 138 38 106 38z"
      />
      <path class="hair" d="M54 84C56 40 84 26 108 28C156 32 166 84 150 126C148 96 138 84 124 82C104 78 74 80 54 84z" />
      <ellipse class="skin" cx="130" cy="110" rx="10" ry="15" />
      <circle class="dark" cx="66" cy="98" r="5.500" />
      <circle class="dark" cx="96" cy="98" r="6.500" />
      <path class="line" d="M62 142q14 9 30 2" />
    </>
  );
}

/** Head and body from the front. */
export function Bust() {
  return (
    <>
      <path class="cloth" d="M50 176V146Q50 116 84 112H116Q150 116 150 146V176Q150 202 124 202H76Q50 202 50 176z" />
      <rect class="skin" x="88" y="88" width="24" height="30" rx="10" />
      <ellipse class="skin" cx="100" cy="66" rx="28" ry="34" />
      <path class="hair" d="M72 66C70 18 130 18 128 66C124 50 112 46 100 46S76 50 72 66z" />
      <circle class="dark" cx="89" cy="66" r="4" />
      <circle class="dark" cx="111" cy="66" r="4" />
      <path class="line" d="M90 82q10 6 20 0" />
    </>
  );
}

function Limb({ path }: { readonly path: string }) {
  return (
    <>
      <path class="limb" d={path} />
      <path class="limb inner" d={path} />
    </>
  );
}

function Hand() {
  return (
    <>
      <path class="fingers" d="M27 46L22 24M33 42L31 18M40 42L42 18M46 46L52 26M48 54L60 44" />
      <path class="fingers inner" d="M27 46L22 24M33 42L31 18M40 42L42 18M46 46L52 26M48 54L60 44" />
      <circle class="skin" cx="37" cy="52" r="14" />
    </>
  );
}
