import type { WireMoment } from '../../http/contract.js';
import { clockTime, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

/** What a screen reader says for a moment. */
export function spoken(moment: WireMoment, s: Strings): string {
  switch (moment.kind) {
    case 'idle':
    case 'attempt':
      return '';
    case 'guidance':
      return s.guidance[moment.code];
    case 'recognised':
      return `${fill(s.ask.hello, { name: moment.person.name })}. ${s.ask.choose}`;
    case 'done':
      return `${fill(s.greeting[moment.direction], { name: moment.person.name })}. ${s.recorded[moment.direction]} ${fill(s.done.at, { time: clockTime(moment.at) })}`;
    case 'duplicate':
      return fill(s.duplicate.title, { time: clockTime(moment.earlier.at) });
    case 'refused':
      return `${s.refusedTitle}. ${s.reasons[moment.reason]}`;
    case 'not_recorded':
      return `${s.notRecorded.title}. ${moment.fault === 'storage_full' ? s.notRecorded.full : s.notRecorded.failed}`;
  }
}
