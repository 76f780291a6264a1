import { resolve } from 'node:path';
import { clipFile } from './clips.js';
import type { Scene } from './scene-camera.js';

/** How a photograph is held before the camera: angles in radians, shifts in pixels, as ffmpeg expressions of `t` (s). */
export interface Hand {
  readonly turn: string;
  readonly nod: string;
  readonly right: string;
  readonly down: string;
}

/** Held as still as a hand can. */
export const HELD: Hand = {
  turn: '0.012*sin(t*5)',
  nod: '0.01*sin(t*4+1)',
  right: '1.2*sin(t*3.1)',
  down: '0.9*sin(t*2.3)',
};
/** Panned and tilted by up to 35 degrees, as if the pictured head turned. */
export const PANNED: Hand = {
  turn: '0.6*sin(t*2.4)',
  nod: '0.12*sin(t*1.7)',
  right: '34*sin(t*2.4)',
  down: '10*sin(t*1.9)',
};

/** Distance of the photograph in pixels of its own size: about arm's length for a 20 cm print. */
const DISTANCE = 700;

/**
 * A scene that shows a photograph as a plane before a pinhole camera, moved by a hand, with the noise of a sensor:
 * no two frames are alike. 480×640 portrait at 15 frames a second.
 */
export function movingPhoto(photograph: string, hand: Hand, seconds: number): Scene {
  // ffmpeg's perspective filter knows frame numbers, not seconds.
  const at = (expression: string): string => `(${expression.replaceAll(/\bt\b/g, '(in/15)')})`;
  const [turn, nod, right, down] = [at(hand.turn), at(hand.nod), at(hand.right), at(hand.down)];
  const corners = [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].map(([sx = 0, sy = 0], index) => {
    const x = `(${sx * 240}*cos(${turn}))`;
    const y = `(${sy * 320}*cos(${nod})+${-sx * 240}*sin(${turn})*sin(${nod}))`;
    const z = `(${DISTANCE}+${sx * 240}*sin(${turn})*cos(${nod})+${sy * 320}*sin(${nod}))`;
    return `x${index}='240+${DISTANCE}*(${x}+${right})/${z}':y${index}='320+${DISTANCE}*(${y}+${down})/${z}'`;
  });
  const plane = `perspective=${corners.join(':')}:sense=destination:eval=frame`;
  const filter = `scale=460:460,pad=480:640:10:90:0x707880,${plane},noise=alls=5:allf=t`;
  return { input: ['-loop', '1', '-framerate', '15', '-t', String(seconds), '-i', photograph], filter };
}

/** A photograph of somebody who looks into the camera. */
export const PHOTOGRAPH = resolve(clipFile('.'), '..', 'faces', 'Andre_Techine', 'Andre_Techine_0001.jpg');
