import type { WireMoment } from '../../http/contract.js';

type Tune = readonly (readonly [number, number])[];

/** Tones by kind of moment: frequency in Hz and start in s. Short and different enough to tell without looking. */
const TUNES: Partial<Record<WireMoment['kind'], Tune>> = {
  done: [
    [660, 0],
    [990, 0.13],
  ],
  recognised: [[660, 0]],
  duplicate: [[520, 0]],
  refused: [
    [300, 0],
    [240, 0.16],
  ],
  not_recorded: [
    [880, 0],
    [440, 0.2],
    [880, 0.4],
    [440, 0.6],
  ],
};

let context: AudioContext | undefined;

/** Of a challenge: a movement is asked for; it was seen. */
const CHALLENGE: Readonly<Record<'asked' | 'seen', Tune>> = {
  asked: [
    [740, 0],
    [740, 0.18],
  ],
  seen: [[1175, 0]],
};

/** Plays the sound of a moment; silent where the browser wants a touch first and none was made. */
export function playFor(kind: WireMoment['kind']): void {
  const tune = TUNES[kind];
  if (tune !== undefined) play(tune);
}

/** The same for a movement of a challenge. */
export function playForChallenge(what: 'asked' | 'seen'): void {
  play(CHALLENGE[what]);
}

function play(tune: Tune): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  for (const [hertz, at] of tune) {
    const start = context.currentTime + at;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(0.22, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.15);
    const tone = context.createOscillator();
    tone.frequency.value = hertz;
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.16);
  }
}
