import { describe, expect, it } from 'vitest';
import { attendancePayload } from '../../src/messaging/payload-schemas.js';
import { accessMessage, attendanceMessage, rfc3339 } from '../../src/messaging/payloads.js';
import { someEvidence } from '../fakes/fake-liveness.js';
import { eventOf } from '../support/events.js';

const closed = { externalId: false, scores: false };

describe('attendance payload', () => {
  it('has the documented form', () => {
    expect(attendanceMessage(eventOf(1), false, closed)).toEqual({
      v: 1,
      event_type: 'check_in',
      id: '01a1fd1e-8506-7c3a-b1e2-000000000001',
      seq: 1,
      site: 'hq',
      kiosk: 'lobby-1',
      person: { id: 'p_7f3a9c012345' },
      at: '2026-11-21T08:59:58.214+01:00',
      tz: 'Europe/Berlin',
      clock: { sync: 'ntp', offset_ms: 4, boot: '5be0cd19137e2179', mono_ms: 8123345 },
      decision: '01a1fd1e-8496-7051-b9d7-a31be54f0277',
      factors: [
        { kind: 'face', outcome: 'passed', mode: '1:N', gallery: 100, fmr: 0.00001, model: 'sha256:9f2c41d07be85a36' },
      ],
      replayed: false,
    });
  });

  it('lets out the employer number and scores only where that is switched on, and never scores of a refusal', () => {
    const failed = { kind: 'face', outcome: 'failed', reason: 'no_match', score: 0.2, threshold: 0.5, at: 1 } as const;
    const event = eventOf(1, { factors: [...eventOf(1).factors, failed] });
    const message = attendanceMessage(event, false, { externalId: true, scores: true });
    expect(message.person).toEqual({ id: 'p_7f3a9c012345', ext: 'E1042' });
    expect(message.factors[0]).toMatchObject({ score: 0.71, threshold: 0.52 });
    expect(message.factors[1]).toEqual({ kind: 'face', outcome: 'failed' });
  });

  it('is the same in every sending except for `replayed`', () => {
    const first = JSON.stringify(attendanceMessage(eventOf(7), false, closed));
    expect(JSON.stringify(attendanceMessage(eventOf(7), true, closed))).toBe(
      first.replace('"replayed":false', '"replayed":true'),
    );
  });

  it('keeps the number of an erased event and carries corrections', () => {
    const erased = attendanceMessage(eventOf(3, { person: null, erased: true }), true, closed);
    expect(erased).toMatchObject({ seq: 3, person: null, erased: true });
    const correction = attendanceMessage(
      eventOf(4, { type: 'void', corrects: 'x', correctionReason: 'approved', duplicateOf: 'y' }),
      true,
      closed,
    );
    expect(correction).toMatchObject({ event_type: 'void', corrects: 'x', reason: 'approved', dup_of: 'y' });
    for (const message of [erased, correction]) expect(attendancePayload.safeParse(message).error).toBeUndefined();
  });

  it('writes times with milliseconds and the offset in force', () => {
    expect(rfc3339(Date.UTC(2026, 6, 1, 6, 0, 0, 7), 'Europe/Berlin')).toBe('2026-07-01T08:00:00.007+02:00');
    expect(rfc3339(Date.UTC(2026, 10, 21, 8), 'Europe/Berlin')).toBe('2026-11-21T09:00:00.000+01:00');
    expect(rfc3339(0, 'UTC')).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('the record of a run of liveness', () => {
  it('goes out in no message, whatever is switched on', () => {
    const evidence = someEvidence('liveness', 'passed');
    const liveness = {
      kind: 'liveness',
      outcome: 'passed',
      reason: 'ok',
      score: 0.9,
      threshold: 0.5,
      evidence,
      at: 1,
    } as const;
    const factors = [liveness, { ...liveness, kind: 'pose', outcome: 'failed', reason: 'challenge_failed' } as const];
    const head = { id: 'x', site: 'hq', kiosk: 'lobby-1', at: '2026-11-21T09:00:00.000+01:00' };
    const decision = { id: 'd', purpose: 'door', outcome: 'denied', reason: 'cancelled', factors, at: 1 } as const;
    const open = { externalId: true, scores: true };
    const messages = [
      attendanceMessage(eventOf(1, { factors }), false, open),
      accessMessage(head, decision, false, true),
    ];
    for (const message of messages) {
      expect(message.factors).toEqual([
        { kind: 'liveness', outcome: 'passed', score: 0.9, threshold: 0.5 },
        { kind: 'pose', outcome: 'failed' },
      ]);
      expect(JSON.stringify(message)).not.toMatch(/evidence|gates|binding|durationMs|networks/);
    }
  });
});
