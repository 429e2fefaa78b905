import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { type Known, type Schema, valuesOf } from './arbitraries.ts';
import { spoiled, wild, wildTexts } from './wild.ts';

export interface Operation {
  method: string;
  /** `/v1/chats/{chatId}` */
  path: string;
  operationId: string;
  parameters?: { name: string; in: 'path' | 'query'; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A request down to its bytes. */
export interface RawRequest {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface RawAnswer {
  status: number;
  type: string;
  text: string;
}

const texts = fc.oneof(fc.constantFrom<string>(...wildTexts), fc.string({ unit: 'binary', maxLength: 60 }));
/** A lone surrogate cannot be encoded; its place is taken by bytes that are no UTF-8. */
const encode = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : '%ed%a0%80');
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const headerTexts = texts.map((text) =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, ''),
);
const contentTypes = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    '',
  ),
);
const strangeHeaders = fc.record(
  {
    cookie: fc.oneof(
      headerTexts,
      headerTexts.map((text) => `parley_session=${text}`),
      fc.constant('parley_session=%E0%A4%A'),
    ),
    prefer: fc.oneof(headerTexts, fc.constantFrom('respond-async', 'wait=0', 'wait=99999', 'wait=-1')),
    origin: headerTexts,
    'x-forwarded-for': headerTexts,
    'user-agent': headerTexts,
    range: fc.constant('bytes=9-1'),
  },
  { requiredKeys: [] },
);

/** Requests of one operation: mostly of its form with one thing wrong, some right, some nothing of the kind. */
export function requestsOf(operation: Operation, known: Known, token: string | undefined): fc.Arbitrary<RawRequest> {
  const authorization = token === undefined ? fc.constant({}) : fc.constant({ authorization: `Bearer ${token}` });
  return fc
    .tuple(targetOf(operation, known), bodyOf(operation, known), contentTypes, fc.option(strangeHeaders), authorization)
    .map(([target, body, type, strange, signedIn]) => ({
      method: operation.method.toUpperCase(),
      target,
      headers: { ...bodyHeaders(body, type), ...(strange as object), ...signedIn },
      body,
    }));
}

const bodyHeaders = (body: string | undefined, type: string): Record<string, string> =>
  body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };

function targetOf({ path, parameters = [] }: Operation, known: Known): fc.Arbitrary<string> {
  const values = parameters.map(({ schema }) =>
    fc.oneof(
      { weight: 4, arbitrary: valuesOf(schema, known).map(asText).map(encode) },
      texts.map(encode),
      fc.constantFrom('%', '%zz', '%c0%80', ''),
    ),
  );
  const extra = fc.option(fc.tuple(texts.map(encode), texts.map(encode)), { freq: 5 });
  return fc.tuple(fc.tuple(...values), extra, fc.boolean()).map(([given, more, isTwice]) => {
    const query: string[] = [];
    const place = (target: string, { name, in: where }: { name: string; in: string }, index: number): string => {
      if (where === 'path') return target.replace(`{${name}}`, () => given[index]!);
      query.push(`${name}=${given[index]}`);
      if (isTwice && index === 0) query.push(`${name}=1`, `${name}[a]=1`);
      return target;
    };
    const target = parameters.reduce(place, path);
    if (more) query.push(more.join('='));
    return query.length === 0 ? target : `${target}?${query.join('&')}`;
  });
}

function bodyOf({ requestBody }: Operation, known: Known): fc.Arbitrary<string | undefined> {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return fc.option(fc.constantFrom('', '{}', 'x', '[[['), { nil: undefined, freq: 3 });
  const good = valuesOf(schema, known);
  return fc.oneof(
    { weight: 3, arbitrary: good.map((value) => JSON.stringify(value)) },
    { weight: 6, arbitrary: spoiled(good).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: wild.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        '{"a":',
        'null',
        '\u0000',
        '"\\ud800"',
        '[1,]',
        '{"a":1}{"b":2}',
        '{"__proto__":null}',
      ),
    },
    { weight: 1, arbitrary: texts },
  );
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** As it is: nothing between here and the wire corrects it. */
export function sendRaw(url: string, { method, target, headers, body }: RawRequest): Promise<RawAnswer> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path: target, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.setTimeout(5_000, () => sent.destroy(new Error('no answer')));
    sent.end(body);
  });
}

export const stopSending = (): void => agent.destroy();
