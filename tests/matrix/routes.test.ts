import { type ErrorCode, errors, type Route, type RouteName, routes, strict, type TSchema } from '@parley/contract';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, request, signIn } from '../../apps/server/src/testing/people.ts';
import { expectedOf } from './expected.ts';
import { type Case, type Input, type Outcome, rows } from './rows.ts';
import { type Caller, callers, type Kind, type Scene, type Stage, setStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.app.close());

const names = Object.keys(routes) as RouteName[];
const routeOf = (name: RouteName): Route => routes[name];
const namesChat = (route: Route): boolean => /:chatId/.test(route.path);

test('every route has a row', () => {
  expect(Object.keys(rows).sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  const route = routeOf(name);
  for (const one of rows[name] as readonly Case[]) {
    const kind = one.kind ?? (namesChat(route) ? 'group' : 'none');
    const title = [one.name, kind === 'none' ? undefined : `in a ${kind}`].filter(Boolean).join(' ');
    test.for(callers)(`${title || 'called'} by: %s`, (caller) => check(route, kind, one, caller));
  }

  const bad = badInputs(route);
  if (bad.length > 0) {
    test('bad input changes nothing', async () => {
      const kind = namesChat(route) ? 'group' : 'none';
      const scene = await stage.buildScene(kind);
      const [first] = rows[name] as readonly Case[];
      const good = await inputOf(route, first!, scene, 'owner');
      await stage.changes();
      for (const spoil of bad) await checkBad(route, spoil(good));
      expect(await stage.changes()).toEqual([]);
    });
  }
});

async function check(route: Route, kind: Kind, one: Case, caller: Caller): Promise<void> {
  const scene = await stage.buildScene(kind);
  const input = await inputOf(route, one, scene, caller);
  const token = await tokenOf(one, caller);
  const expected = expectedOf(route, kind, one, caller);
  await stage.changes();
  const answer = await call(route, input, token);
  const isTold = route.method !== 'HEAD' || answer.status < 400;
  // A refusal of HEAD has no body to say why.
  if (isTold) expect(outcomeOf(route, answer)).toBe(expected);
  else expect(answer.status).toBe(errors[expected as ErrorCode].status);
  if (expected !== 'ok') expect(await stage.changes(), 'who is refused changes nothing').toEqual([]);
}

async function inputOf(route: Route, one: Case, scene: Scene, caller: Caller): Promise<Input> {
  const input = (await one.input?.(scene, stage, caller)) ?? {};
  return namesChat(route) ? { ...input, params: { chatId: scene.chatId, ...input.params } } : input;
}

async function tokenOf(one: Case, caller: Caller): Promise<string | undefined> {
  if (caller === 'nobody') return undefined;
  if (caller === 'ended') return stage.ended.token;
  const person = stage.people[caller];
  return one.endsSession ? (await signIn(stage.app.url, person.username)).token : person.token;
}

function call(route: Route, input: Input, token: string | undefined): Promise<Answer> {
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(input.params?.[key] ?? key));
  return request(stage.app.url, route.method, route.absolute ? `/..${path}` : path, {
    ...(input.query === undefined ? {} : { query: input.query }),
    ...(input.body === undefined ? {} : { body: input.body }),
    headers: { ...input.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
}

/** `ok` is an answer that the route names, with a body of exactly that form; a refusal is a problem with a code of the table. */
function outcomeOf(route: Route, { status, body, headers }: Answer): Outcome {
  if (status < 400) {
    const schema = route.responses[status];
    expect(schema, `${status} is an answer of the route`).toBeDefined();
    if (schema) expect([...Compile(strict(schema) as TSchema).Errors(body)]).toEqual([]);
    return 'ok';
  }
  expect(headers.get('content-type')).toContain('application/problem+json');
  const { code } = body as { code: keyof typeof errors };
  expect(errors[code]).toMatchObject({ status });
  return code;
}

type Spoil = (good: Input) => Input;

/** Each parameter and each field once with a value that it cannot have. */
function badInputs(route: Route): Spoil[] {
  const spoils: Spoil[] = [];
  for (const [key, schema] of Object.entries(route.params?.properties ?? {})) {
    const { format } = schema as { format?: string };
    if (format === 'uuid') spoils.push((good) => ({ ...good, params: { ...good.params, [key]: 'not-an-id' } }));
  }
  for (const [key, schema] of Object.entries(route.query?.properties ?? {})) {
    if (!isText(schema)) spoils.push((good) => ({ ...good, query: { ...good.query, [key]: 'neither' } }));
  }
  const { properties = {} } = (route.body ?? {}) as { properties?: Record<string, TSchema> };
  for (const key of Object.keys(properties)) {
    spoils.push((good) => ({ ...good, body: { ...plainBody(good), [key]: [{}] } }));
  }
  if (route.body) for (const body of ['text', 7, [1]]) spoils.push((good) => ({ ...good, body }));
  return spoils;
}

/** A form stands beside the JSON body that is spoilt. */
const plainBody = ({ body }: Input): object => (body instanceof FormData ? {} : (body as object));

const isText = (schema: TSchema): boolean => (schema as { type?: string }).type === 'string';

async function checkBad(route: Route, input: Input): Promise<void> {
  const answer = await call(route, input, stage.people.owner.token);
  if (route.method === 'HEAD') return expect(answer.status).toBe(400);
  expect(outcomeOf(route, answer), JSON.stringify(input)).toBe('validation_error');
}
