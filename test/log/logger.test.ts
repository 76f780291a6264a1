import { describe, expect, it } from 'vitest';
import { VestibuleError } from '../../src/domain/errors.js';
import { createLogger, type LoggerOptions, logForm } from '../../src/log/logger.js';

function captured(options: Partial<LoggerOptions> = {}) {
  const chunks: string[] = [];
  const log = createLogger({
    level: 'info',
    journal: false,
    pretty: false,
    destination: { write: (line) => chunks.push(line) },
    ...options,
  });
  return { log, text: () => chunks.join(''), lines: () => chunks.join('').split('\n').slice(0, -1) };
}

/** Everything that a terminal or a line reader may take for a new line or a command. */
const FORGERIES = [
  '\n',
  '\r',
  '\r\n',
  '\u001b[2K\u001b[1A',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u009b31m',
  '\u0000',
  '\u202e',
  '\v',
  '\f',
];

function steers(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e);
}

const CANARIES = {
  password: 'correct-horse-battery-77',
  code: '493817',
  jwt: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
  phone: '+4915112345678',
  sid: `AC${'0a'.repeat(16)}`,
  email: 'ada.canary@example.org',
  vector: Array.from({ length: 128 }, (_, i) => (0.123456 + i / 1000).toFixed(6)).join(','),
  name: 'Ada Canary Lovelace',
};

describe('createLogger', () => {
  it('writes one JSON line with level, time, message, part and allowed context', () => {
    const { log, lines } = captured();
    log.child('camera').info('Camera opened.', { camera: 'demo', fps: 15 });
    expect(lines()).toHaveLength(1);
    const line = JSON.parse(lines()[0]!);
    expect(line).toMatchObject({ level: 'info', message: 'Camera opened.', part: 'camera', camera: 'demo', fps: 15 });
    expect(Date.parse(line.time)).not.toBeNaN();
    expect(line).not.toHaveProperty('hostname');
  });

  it('keeps every forged line end and escape sequence inside its own line, in 50 fields and three forms', () => {
    for (const form of [
      { journal: false, pretty: false },
      { journal: true, pretty: false },
      { journal: false, pretty: true },
    ]) {
      const { log, text } = captured(form);
      for (let i = 0; i < 50; i++) {
        const evil = `a${FORGERIES[i % FORGERIES.length]}<3>{"level":"error","message":"forged"}`;
        log.info(`Seen ${evil}`, { url: evil, detail: evil, error: new VestibuleError('input_invalid', evil) });
      }
      const out = text();
      expect(out.split('\n').length - 1).toBe(50);
      expect([...out.replaceAll('\n', '')].filter(steers)).toEqual([]);
      if (!form.pretty)
        for (const line of out.split('\n').slice(0, -1)) JSON.parse(form.journal ? line.slice(3) : line);
    }
  });

  it('lets no canary through: context keys, messages, errors, causes, addresses', () => {
    const { log, text } = captured({ level: 'trace' });
    for (const [kind, canary] of Object.entries(CANARIES)) {
      const foreign = Object.assign(new Error(`refused ${canary}`), { code: 'ECONNREFUSED', config: { auth: canary } });
      log.error('Request failed.', { [kind]: canary, nested: { [kind]: canary }, error: foreign } as never);
      log.warn('Request failed.', { detail: ['list', canary] } as never);
      log.info('Request failed.', { personId: canary, eventId: canary });
      log.debug('Request failed.', {
        error: new VestibuleError('bus_refused', 'No.', { cause: foreign, context: { [kind]: canary } }),
      });
      log.error('Thrown text.', { error: canary });
    }
    log.warn(`Sent to ${CANARIES.phone} with Bearer ${CANARIES.jwt} and ${CANARIES.sid} for ${CANARIES.email}`);
    log.warn('Broker.', {
      url: `mqtt://kiosk:${CANARIES.password}@broker:1883`,
      detail: `password=${CANARIES.password}`,
    });
    log.warn('Query.', { url: `/login?code=${CANARIES.code}&x=1`, detail: CANARIES.vector });
    const out = text();
    const leaks = Object.entries(CANARIES).filter(([, canary]) => out.includes(canary));
    expect(leaks).toEqual([]);
    expect(out).not.toContain('0.123456');
    expect(out).toContain('"code":"ECONNREFUSED"');
    expect(out).toContain('mqtt://broker:1883');
    expect(out).toContain('"dropped":2');
  });

  it('writes code, message and context of a fault, and frames of the stack only at debug', () => {
    const fault = new VestibuleError('port_in_use', 'Port 8080 is taken.', { context: { port: 8080 } });
    const quiet = captured();
    quiet.log.error('Start failed.', { error: fault });
    const written = JSON.parse(quiet.lines()[0]!).error;
    expect(written).toEqual({
      type: 'VestibuleError',
      code: 'port_in_use',
      message: 'Port 8080 is taken.',
      port: 8080,
    });
    const loud = captured({ level: 'debug' });
    loud.log.error('Start failed.', { error: fault });
    expect(JSON.parse(loud.lines()[0]!).error.stack[0]).toMatch(/^at /);
  });

  it('prefixes journal lines with their priority and leaves the time to the journal', () => {
    const { log, lines } = captured({ journal: true, level: 'trace' });
    log.trace('a');
    log.debug('a');
    log.info('a');
    log.warn('a');
    log.error('a');
    expect(lines().map((line) => line.slice(0, 3))).toEqual(['<7>', '<7>', '<6>', '<4>', '<3>']);
    expect(JSON.parse(lines()[2]!.slice(3))).toEqual({ level: 'info', message: 'a' });
  });

  it('changes the level of all its children while it runs', () => {
    const { log, lines } = captured();
    const child = log.child('mqtt');
    child.debug('hidden');
    log.setLevel('debug');
    child.debug('shown');
    log.setLevel('silent');
    child.error('hidden');
    expect(lines().map((line) => JSON.parse(line).message)).toEqual(['shown']);
    expect(log.level).toBe('silent');
  });

  it('shortens endless texts', () => {
    const { log, lines } = captured();
    log.info('x'.repeat(100_000), { detail: 'y'.repeat(100_000) });
    expect(lines()[0]!.length).toBeLessThan(1200);
  });

  it('chooses the journal under systemd, colours on a terminal, JSON elsewhere', () => {
    expect(logForm({ JOURNAL_STREAM: '8:1234' }, true)).toEqual({ journal: true, pretty: false });
    expect(logForm({}, true)).toEqual({ journal: false, pretty: true });
    expect(logForm({}, false)).toEqual({ journal: false, pretty: false });
  });
});
