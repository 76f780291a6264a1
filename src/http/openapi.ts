import { z } from 'zod';
import { type Access, accessOf } from './access.js';
import {
  enrolmentBegunSchema,
  enrolmentResultSchema,
  errorSchema,
  kioskStatusSchema,
  photoVerdictSchema,
} from './contract.js';
import { attemptAnswerSchema, registeredSchema, sessionViewSchema } from './contract-login.js';
import { correctionRowSchema, correctionsSchema } from './contract-people.js';
import type { Route } from './route.js';

/** Answers of more than one route. */
const NAMED: readonly (readonly [string, z.ZodType])[] = [
  ['Attempt', attemptAnswerSchema],
  ['Session', sessionViewSchema],
  ['Registered', registeredSchema],
  ['KioskStatus', kioskStatusSchema],
  ['EnrolmentBegun', enrolmentBegunSchema],
  ['PhotoVerdict', photoVerdictSchema],
  ['EnrolmentResult', enrolmentResultSchema],
  ['Correction', correctionRowSchema],
  ['Corrections', correctionsSchema],
  ['Error', errorSchema],
];

function answerSchemaOf(schema: z.ZodType): object {
  const name = NAMED.find(([, named]) => named === schema)?.[0];
  return name === undefined ? schemaOf(schema, 'output') : { $ref: `#/components/schemas/${name}` };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

function requestBody(body: NonNullable<Route['body']>): object {
  const content =
    'json' in body
      ? { 'application/json': { schema: schemaOf(body.json, 'input') } }
      : Object.fromEntries(body.images.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
  return { required: true, content };
}

function operation(route: Route): object {
  const { answer } = route;
  const error = {
    description: 'Refused.',
    content: { 'application/json': { schema: answerSchemaOf(errorSchema) } },
  };
  const content =
    answer.schema !== undefined
      ? { content: { 'application/json': { schema: answerSchemaOf(answer.schema) } } }
      : answer.stream !== undefined
        ? { content: { [answer.stream]: { schema: { type: 'string' } } } }
        : {};
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
    })),
    ...Object.entries(route.query ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      required: false,
      schema: schemaOf(schema, 'input'),
    })),
  ];
  const access = accessOf(route.rule);
  return {
    summary: route.summary,
    description: descriptionOf(route, access),
    'x-rule': route.rule,
    ...securityOf(access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: { [answer.status]: { description: 'Done.', ...content }, default: error },
  };
}

function descriptionOf({ kioskOnly, replaces }: Route, { who }: Access): string {
  return [
    who,
    ...(kioskOnly ? ['Not through the listener for other browsers.'] : []),
    ...(replaces ? ['What is there already is exchanged by a fresh session only.'] : []),
  ].join(' ');
}

function securityOf({ session }: Access): object {
  if (session === undefined) return {};
  const ways = [{ session: [] }, { sessionCookie: [] }];
  return { security: session.orAdminCode ? [...ways, { adminCode: [] }] : ways };
}

/** The OpenAPI 3.1 document of the route table. docs/openapi.json is this, kept the same by a test. */
export function openApiDocument(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Vestibule HTTP API', version: '1', description: 'Rules and examples: docs/http.md' },
    paths,
    components: {
      schemas: Object.fromEntries(NAMED.map(([name, schema]) => [name, schemaOf(schema, 'output')])),
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of a session.' },
        sessionCookie: { type: 'apiKey', in: 'cookie', name: '__Host-vestibule-access' },
        adminCode: { type: 'http', scheme: 'bearer', description: 'The admin code; on the kiosk itself only.' },
      },
    },
  };
}
