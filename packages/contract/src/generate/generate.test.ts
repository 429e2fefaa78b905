import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands.ts';
import { errors } from '../errors.ts';
import { clientFrames, serverFrames } from '../frames.ts';
import { pubsubClientFrames, pubsubServerFrames, pubsubTopics } from '../pubsub.ts';
import type { Route } from '../routes/route.ts';
import { routes } from '../routes.ts';
import { buildAsyncApi } from './asyncapi.ts';
import { exportedSchemas, keyOf } from './components.ts';
import { errorsPage } from './errors-page.ts';
import { eventRows } from './event-rows.ts';
import { eventsPage } from './events-page.ts';
import type { Json, JsonObject } from './json.ts';
import { toMarkdown } from './markdown.ts';
import { buildOpenApi, pathOf } from './openapi.ts';
import { codesOf } from './route-errors.ts';

const openapi = buildOpenApi({ version: '1.2.3', cookieName: 'session' });
const asyncapi = buildAsyncApi({ version: '1.2.3' });

const parts = (value: Json): JsonObject[] => {
  if (Array.isArray(value)) return value.flatMap(parts);
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(parts)];
};
const references = (document: JsonObject): string[] =>
  parts(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));

function follow(document: JsonObject, reference: string): Json | undefined {
  let node: Json | undefined = document;
  for (const name of reference.replace('#/', '').split('/')) node = (node as JsonObject | undefined)?.[name];
  return node;
}

const operations = parts(openapi.paths!).filter((part) => 'operationId' in part);

describe('openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(openapi) as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(validator.version).toBe('3.1');
  });

  it('has every route of the contract, once, under its name', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('refers to nothing that is not there, and has nothing that is not referred to', () => {
    const used = references(openapi);
    expect(used.filter((reference) => follow(openapi, reference) === undefined)).toEqual([]);
    const { schemas, responses } = openapi.components as { schemas: JsonObject; responses: JsonObject };
    const names = [
      ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
      ...Object.keys(responses).map((name) => `#/components/responses/${name}`),
    ];
    expect(names.filter((name) => !used.includes(name))).toEqual([]);
  });

  it('refers to named schemas also where they are optional', () => {
    expect(follow(openapi, '#/components/schemas/Chat/properties/lastMessage')).toMatchObject({
      $ref: '#/components/schemas/Message',
    });
  });

  it.each(Object.entries(routes) as [string, Route][])(
    '%s: has each answer and each error it may give',
    (name, route) => {
      const operation = follow(openapi, `#/paths`) as JsonObject;
      const found = (operation[pathOf(route)] as JsonObject)[route.method.toLowerCase()] as JsonObject;
      expect(found.operationId).toBe(name);
      const statuses = [...Object.keys(route.responses), ...codesOf(route).map((code) => String(errors[code].status))];
      expect(Object.keys(found.responses as JsonObject).toSorted()).toEqual([...new Set(statuses)].toSorted());
      expect(found.security).toEqual(route.access === 'public' ? [] : undefined);
    },
  );
});

describe('asyncapi.json', () => {
  const names = (channel: string) => Object.keys(follow(asyncapi, `#/channels/${channel}/messages`) as JsonObject);
  const spelled = (channel: string) =>
    parts(follow(asyncapi, `#/channels/${channel}/messages`)!).map(({ name }) => name);

  it('refers to nothing that is not there', () => {
    expect(references(asyncapi).filter((reference) => follow(asyncapi, reference) === undefined)).toEqual([]);
  });

  it('has every frame of /ws and every event, by its spelling there', () => {
    expect(names('websocket').toSorted()).toEqual(
      [
        ...Object.keys(clientFrames).map((type) => `send.${type}`),
        ...Object.keys(serverFrames),
        ...eventRows.map(({ event }) => event),
      ].toSorted(),
    );
    for (const { ws = 'event' } of eventRows) expect(spelled('websocket')).toContain(ws);
  });

  it('has every command, acknowledgement and event of Socket.IO', () => {
    const acked = Object.entries(commands).filter(([, command]) => 'data' in command);
    const told = eventRows.filter(({ socketio }) => socketio !== undefined);
    expect(names('socketio').toSorted()).toEqual(
      [
        ...Object.keys(commands),
        ...acked.map(([name]) => `${name}.ack`),
        ...told.map(({ event }) => event),
        'error',
        'reconnect',
        'resumed',
        'resync',
      ].toSorted(),
    );
    expect(names('chat')).toEqual(['message.new']);
  });

  it('has every frame and topic of PubSub', () => {
    expect(names('pubsub').toSorted()).toEqual(
      [
        ...Object.keys(pubsubClientFrames).map((type) => `send.${type}`),
        ...Object.keys(pubsubServerFrames).filter((type) => type !== 'MESSAGE'),
        ...Object.keys(pubsubTopics),
        'app:*',
      ].toSorted(),
    );
  });

  it('names the type of a frame once, and the position of every durable event', () => {
    for (const { event, durable, ws = 'event' } of eventRows) {
      const payload = follow(asyncapi, `#/channels/websocket/messages/${event}/payload`) as JsonObject;
      expect(payload.properties).toMatchObject({ type: { const: ws } });
      for (const field of ['topic', 'epoch', 'offset']) {
        expect((payload.required as string[]).includes(field)).toBe(durable);
      }
    }
  });

  it('lets only messages of the own channel into an operation', () => {
    for (const operation of Object.values(asyncapi.operations as Record<string, JsonObject>)) {
      const channel = (operation.channel as { $ref: string }).$ref;
      const used = references({ messages: operation.messages!, reply: operation.reply ?? {} });
      expect(
        used.filter((reference) => reference !== channel && !reference.startsWith(`${channel}/messages/`)),
      ).toEqual([]);
    }
  });
});

/** Fields of objects that say nothing of what they mean, neither themselves nor by the schema they refer to. */
function undescribed(document: JsonObject): string[] {
  const isSaid = ({ description, $ref }: JsonObject): boolean =>
    typeof description === 'string' || (typeof $ref === 'string' && isSaid(follow(document, $ref) as JsonObject));
  const fields = parts(document).flatMap(({ properties }) => Object.entries((properties ?? {}) as JsonObject));
  return fields
    .filter(([, field]) => !isSaid(field as JsonObject))
    .map(([name, field]) => `${name} ${JSON.stringify(field)}`);
}

describe('the generated documents', () => {
  it.each([
    ['openapi.json', openapi],
    ['asyncapi.json', asyncapi],
  ])('say of every field in %s what it means', (_name, document) => {
    expect(undescribed(document)).toEqual([]);
  });

  it('say of every parameter in openapi.json what it means', () => {
    const parameters = operations.flatMap(({ parameters = [] }) => parameters as JsonObject[]);
    expect(parameters.filter(({ description }) => typeof description !== 'string')).toEqual([]);
  });

  it('put what a field means where the format reads it, and refer to the schema all the same', () => {
    const field = '#/components/schemas/Message/properties/id';
    const description = expect.stringContaining('clientMessageId');
    const reference = { $ref: '#/components/schemas/Id' };
    expect(follow(openapi, field)).toEqual({ ...reference, description });
    expect(follow(asyncapi, field)).toEqual({ allOf: [reference], description });
  });

  it('are the same bytes each time', () => {
    expect(JSON.stringify(buildOpenApi({ version: '1.2.3', cookieName: 'session' }))).toBe(JSON.stringify(openapi));
    expect(JSON.stringify(buildAsyncApi({ version: '1.2.3' }))).toBe(JSON.stringify(asyncapi));
  });

  it('tell exported schemas apart: no two of them say the same', () => {
    const bodies = [...exportedSchemas].map(([, schema]) => keyOf(schema));
    expect(bodies.length).toBe(new Set(bodies).size);
  });

  it.each([eventsPage, errorsPage])(
    'write tables in which every row has as many cells as the head ($title)',
    (page) => {
      const tables = toMarkdown(page)
        .split('\n\n')
        .filter((part) => part.startsWith('|'));
      expect(tables.length).toBeGreaterThan(0);
      for (const lines of tables.map((part) => part.trim().split('\n'))) {
        const cells = lines.map((line) => line.replaceAll('\\|', '').split('|').length);
        expect(new Set(cells).size).toBe(1);
      }
    },
  );

  it('mention every error and every event', () => {
    for (const code of Object.keys(errors)) expect(toMarkdown(errorsPage)).toContain(`| \`${code}\` |`);
    for (const { event } of eventRows) expect(toMarkdown(eventsPage)).toContain(`| \`${event}\` |`);
  });
});
