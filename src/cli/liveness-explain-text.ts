import type { JournaledDecision } from '../auth/decisions.js';
import type { FactorResult } from '../domain/factor.js';
import type { ActionEvidence, LivenessEvidence, PoseEvidence } from '../domain/liveness/evidence.js';
import { GATE_NAMES, type GateResult } from '../domain/liveness/gate.js';
import { ACTION_WORDS, REASON_WORDS } from './liveness-words.js';
import { printable } from './report-fault.js';
import { table } from './table.js';

/** The record of a decision for a person to read. */
export function explanation(decision: JournaledDecision): string {
  const { id, wall, purpose, outcome, reason, personId, factors } = decision;
  const head = [
    `Decision ${id}`,
    `  ${wall}  ${purpose}: ${outcome}${reason === 'ok' ? '' : ` (${reason})`}${personId === undefined ? '' : `, person ${personId}`}`,
    `  factors: ${factors.map((factor) => `${factor.kind} ${factor.outcome}`).join(', ') || 'none'}`,
  ];
  const told = factors.flatMap((factor) => (factor.evidence === undefined ? [] : [run(factor, factor.evidence)]));
  const none = 'It rests on no liveness and no pose: there is nothing further to explain.\n';
  return `${printable(head.join('\n'))}\n\n${told.length === 0 ? none : told.join('\n')}`;
}

function run({ outcome }: FactorResult, evidence: LivenessEvidence): string {
  const { factor, level, state, reason, gates, actions, pose, light, networks, camera, frames, durationMs } = evidence;
  const nets = Object.entries(networks).map(([name, hash]) => `${name} ${hash}`);
  const lines = [
    `${factor}, level ${level}: ${outcome}${state === 'passed' ? '' : ` – ${REASON_WORDS[reason]} (${reason})`}`,
    `  ${frames} frames in ${seconds(durationMs)}; camera ${camera.kind}${camera.demo ? ' (counts only because liveness.camera is demo)' : ''}`,
    `  networks: ${nets.join(', ') || 'none'}`,
  ];
  const parts = [`${printable(lines.join('\n'))}\n`, gateTable(gates)];
  if (actions.length > 0) parts.push(actionTable(actions));
  if (pose !== undefined) parts.push(`${poseLine(pose)}\n`);
  if (light !== undefined) parts.push(`  light: ${facts(light)}\n`);
  return parts.join('');
}

/** In the order in which a failure is named. */
function gateTable(gates: readonly GateResult[]): string {
  const ordered = [...gates].sort((a, b) => GATE_NAMES.indexOf(a.gate) - GATE_NAMES.indexOf(b.gate));
  return table([
    ['  gate', 'state', 'score', 'threshold', 'frames', 'span', 'reason'],
    ...ordered.map((gate) => [
      `  ${gate.gate}`,
      gate.state,
      number(gate.score),
      number(gate.threshold),
      number(gate.frames),
      gate.spanMs === undefined ? '–' : seconds(gate.spanMs),
      [gate.reason === 'ok' ? '' : REASON_WORDS[gate.reason], facts(gate.facts ?? {})].filter(Boolean).join('; '),
    ]),
  ]);
}

function actionTable(actions: readonly ActionEvidence[]): string {
  return table([
    ['  action', 'outcome', 'shown', 'began after', 'verified after', 'frames', 'measures'],
    ...actions.map((one) => [
      `  ${ACTION_WORDS[one.action]}`,
      one.outcome,
      ...[one.shownMs, one.onsetMs, one.verifiedMs].map((ms) => (ms === undefined ? '–' : seconds(ms))),
      number(one.frames),
      [one.reason === 'ok' ? '' : REASON_WORDS[one.reason], facts(one.measures)].filter(Boolean).join('; '),
    ]),
  ]);
}

function poseLine(pose: PoseEvidence): string {
  const { state, reason, totalMovement, temporalVariance, distance, threshold } = pose;
  const measures = [
    `${pose.frames} frames in ${pose.seconds.toFixed(1)} s`,
    ...(totalMovement === undefined ? [] : [`total movement ${number(totalMovement)}`]),
    ...(temporalVariance === undefined ? [] : [`temporal variance ${number(temporalVariance)}`]),
    ...(distance === undefined ? [] : [`distance ${number(distance)} (threshold ${number(threshold)})`]),
  ];
  return `  gesture: ${state}${reason === 'ok' ? '' : `, ${REASON_WORDS[reason]}`}; ${measures.join(', ')}`;
}

function facts(given: Readonly<Record<string, number | string | boolean>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? number(value) : value}`)
    .join(', ');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function number(value: number | undefined): string {
  if (value === undefined) return '–';
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
