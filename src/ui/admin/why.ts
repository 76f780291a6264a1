import type { DecisionFactor, DecisionRow } from '../../http/contract.js';
import { fill } from '../strings/language.js';
import type { StaffWords } from '../strings/staff.js';
import type { Strings } from '../strings/table.js';

/** Why a decision went as it did, in sentences: each factor with what was measured and what would have been needed. */
export function whySentences(row: DecisionRow, s: Strings, w: StaffWords): readonly string[] {
  const details = row.details ?? [];
  if (details.length === 0) return [s.reasons[row.reason], w.decisions.noFactor];
  const named = details.some(({ reason }) => reason === row.reason);
  return [
    ...(named || row.reason === 'ok' ? [] : [s.reasons[row.reason]]),
    ...details.map((one) => factorSentence(one, s, w)),
  ];
}

function factorSentence(factor: DecisionFactor, s: Strings, w: StaffWords): string {
  const d = w.decisions;
  const { score, threshold, mode, gallery, fmr, channel, model, evidence } = factor;
  const parts = [
    fill(d[factor.outcome], { factor: w.factors[factor.kind], reason: s.reasons[factor.reason] }),
    score !== undefined && threshold !== undefined && evidence === undefined
      ? fill(score >= threshold ? d.above : d.below, { score: score.toFixed(3), threshold: threshold.toFixed(3) })
      : '',
    mode === '1:1' ? d.oneToOne : '',
    mode === '1:N' && gallery !== undefined ? fill(d.oneOf, { n: gallery }) : '',
    fmr !== undefined && fmr > 0 ? fill(d.fmr, { n: new Intl.NumberFormat(s.locale).format(Math.round(1 / fmr)) }) : '',
    channel !== undefined ? fill(d.sent, { channel: d.channels[channel] }) : '',
    model !== undefined ? `${fill(d.model, { model })}.` : '',
    ...(evidence === undefined ? [] : evidenceSentences(evidence, d)),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What every gate of liveness said, with the code by which the manual and `vestibule liveness explain` name the reason. */
function evidenceSentences(evidence: NonNullable<DecisionFactor['evidence']>, d: StaffWords['decisions']): string[] {
  const { gates, pose, reason, camera } = evidence;
  const number = (value: number) => value.toFixed(3);
  const lines = [
    ...gates.map((one) => ({ gate: one.gate, state: one.state, score: one.score, threshold: one.threshold })),
    ...(pose === undefined
      ? []
      : [{ gate: 'pose' as const, state: pose.state, score: pose.distance, threshold: pose.threshold }]),
  ].map(({ gate, state, score, threshold }) => {
    const said = `${d.gates[gate]}: ${d.gateStates[state]}`;
    if (score === undefined || threshold === undefined) return said;
    return `${said} (${fill(d.gateLimit, { score: number(score), threshold: number(threshold) })})`;
  });
  return [
    lines.length === 0 ? '' : `${lines.join('; ')}.`,
    reason === 'ok' ? '' : fill(d.livenessReason, { code: reason }),
    camera.demo ? d.demoCamera : '',
  ];
}
