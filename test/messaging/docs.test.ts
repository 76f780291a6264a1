import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { REASONS } from '../../src/domain/reason.js';
import { COMMAND_NAMES } from '../../src/messaging/command-judge.js';
import {
  ACCESS_TYPES,
  accessPayload,
  ackPayload,
  attendancePayload,
  healthPayload,
  infoPayload,
  responsePayload,
  SYSTEM_TYPES,
  systemPayload,
  updatePayload,
} from '../../src/messaging/payload-schemas.js';
import { TOPIC_TABLE } from '../../src/messaging/topics.js';

const docs = resolve(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'mqtt.md'), 'utf8');

const SCHEMAS = {
  attendance: attendancePayload,
  access: accessPayload,
  system: systemPayload,
  info: infoPayload,
  health: healthPayload,
  response: responsePayload,
} as const;

/** Schema of each topic; the others carry plain words. */
const BY_PATH: Readonly<Record<string, z.ZodType>> = {
  info: infoPayload,
  health: healthPayload,
  update: updatePayload,
  'event/attendance': attendancePayload,
  'event/access': accessPayload,
  'event/system': systemPayload,
  'rsp/<name>': responsePayload,
  ack: ackPayload,
};

function asyncApi(): string {
  const channels: Record<string, unknown> = {};
  const operations: Record<string, unknown> = {};
  for (const { path, direction, qos, retain } of TOPIC_TABLE) {
    const key = path.replace(/[/<>]+/g, '_').replace(/_$/, '');
    const schema = BY_PATH[path];
    const payload =
      schema !== undefined
        ? z.toJSONSchema(schema, { target: 'draft-7' })
        : path.startsWith('cmd/')
          ? { type: 'object', required: ['transaction', 'exp'] }
          : { type: 'string' };
    channels[key] = {
      address: `vestibule/v1/{site}/{kiosk}/${path.replace('<', '{').replace('>', '}')}`,
      parameters: Object.fromEntries(
        ['site', 'kiosk', ...(/<(\w+)>/.exec(path)?.slice(1) ?? [])].map((name) => [name, {}]),
      ),
      messages: {
        message: { contentType: schema || path.startsWith('cmd/') ? 'application/json' : 'text/plain', payload },
      },
    };
    operations[`${direction === 'out' ? 'send' : 'receive'}_${key}`] = {
      action: direction === 'out' ? 'send' : 'receive',
      channel: { $ref: `#/channels/${key}` },
      bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
    };
  }
  return stringify({
    asyncapi: '3.0.0',
    info: {
      title: 'Vestibule',
      version: '1.0.0',
      description: 'Messages of an attendance kiosk, seen from the kiosk. Explained in mqtt.md.',
    },
    channels,
    operations,
  });
}

function examples(name: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');
}

function keysOf(schema: z.ZodType): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties } = node as { properties?: Record<string, unknown> };
    if (properties !== undefined) found.push(...Object.keys(properties));
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(z.toJSONSchema(schema));
  return found;
}

describe('docs/mqtt.md and docs/asyncapi.yaml', () => {
  it('list exactly the topics of the kiosk with direction, QoS and retain', () => {
    const rows = [...page.matchAll(/^\| `base\/([^`]+)` \| (in|out) \| (\d) \| (yes|no) \|/gm)].map((match) => ({
      path: match[1],
      direction: match[2],
      qos: Number(match[3]),
      retain: match[4] === 'yes',
    }));
    expect(rows).toEqual(TOPIC_TABLE);
  });

  it('show examples that the schemas accept', () => {
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const found = examples(name);
      expect(found.length).toBeGreaterThan(0);
      for (const text of found) expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    }
  });

  it('name every key, type, reason, command and error', () => {
    const errors = responsePayload.shape.error.unwrap().options;
    const words = [
      ...Object.values(SCHEMAS).flatMap(keysOf),
      ...SYSTEM_TYPES,
      ...ACCESS_TYPES,
      ...REASONS,
      ...COMMAND_NAMES,
      ...errors,
    ];
    const missing = [...new Set(words)].filter((word) => !new RegExp(`[\`"]${word}[\`"/]`).test(page));
    expect(missing).toEqual([]);
  });

  it('carry a Node-RED flow that repairs duplicates and gaps', () => {
    const [flow = '[]'] = examples('node-red');
    const nodes = JSON.parse(flow) as { id: string; func?: string; wires: string[][] }[];
    const ids = nodes.map(({ id }) => id);
    expect(nodes.flatMap(({ wires }) => wires.flat()).every((id) => ids.includes(id))).toBe(true);
    const body = nodes.find(({ func }) => func !== undefined)?.func ?? '';
    const memory = new Map<string, unknown>();
    const flowContext = {
      get: (key: string) => memory.get(key),
      set: (key: string, value: unknown) => memory.set(key, value),
    };
    const step = new Function('msg', 'flow', body) as (
      msg: unknown,
      flow: unknown,
    ) => null | [unknown, { payload: object } | null];
    const punch = (seq: number) => ({ payload: { site: 'hq', kiosk: 'lobby-1', seq, id: `id-${seq}` } });
    expect(step(punch(1), flowContext)?.[1]).toBeNull();
    expect(step(punch(1), flowContext)).toBeNull();
    expect(step(punch(5), flowContext)?.[1]?.payload).toMatchObject({ from_seq: 2, to_seq: 4 });
    expect(step(punch(3), flowContext)?.[1]).toBeNull();
  });

  it('agree with the AsyncAPI document (after a change: npx vitest run test/messaging/docs.test.ts -u)', async () => {
    await expect(asyncApi()).toMatchFileSnapshot(join(docs, 'asyncapi.yaml'));
  });
});
