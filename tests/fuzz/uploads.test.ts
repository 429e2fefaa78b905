import { connect } from 'node:net';
import { type ErrorCode, errors, type StoredFile } from '@parley/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { buildUser, type Person, request } from '../../apps/server/src/testing/people.ts';
import { runs, seed } from './seed.ts';

let app: TestApp;
let ann: Person;
beforeAll(async () => {
  app = await startApp({ config: { maxUploadBytes: 50_000 } });
  ann = await buildUser(app.url, 'ann');
});
afterAll(() => app.close());

interface Answer {
  status: number;
  code?: ErrorCode;
}

/** Bytes as they are, on a connection of their own; `half` hangs up before the end. */
function send(head: readonly string[], body: Buffer, half = false): Promise<Answer | undefined> {
  const { hostname: host, port } = new URL(app.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let text = '';
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('close', () => resolve(read(text)));
    socket.write(`${head.join('\r\n')}\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer ${ann.token}\r\n\r\n`);
    socket.write(half ? body.subarray(0, body.length / 2) : body);
    if (half) setTimeout(() => socket.destroy(), 20);
  });
}

function read(text: string): Answer | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  if (status === undefined) return undefined;
  const code = /"code":"(\w+)"/.exec(text)?.[1] as ErrorCode | undefined;
  return { status: Number(status), ...(code === undefined ? {} : { code }) };
}

/** Taken, or refused with a code of the table; never a fault of the server's. */
function judge(answer: Answer | undefined): void {
  if (answer === undefined || answer.status < 400) return;
  expect(answer.status, answer.code).toBeLessThan(500);
  // An answer to HEAD has no body to say more.
  if (answer.code !== undefined) expect(errors[answer.code]?.status, answer.code).toBe(answer.status);
}

const isAlive = async (): Promise<boolean> => (await request(app.url, 'GET', '/health')).status === 200;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const lines = fc.constantFrom('\r\n', '\n', '\r', '\r\n\r\n', '');
const boundaries = fc.constantFrom('x', '--', '"x y"', '', 'a'.repeat(80), '\u00e4');
const names = fc.constantFrom(
  'a.txt',
  '../../etc/passwd',
  '..\\..\\boot.ini',
  '/absolute',
  'C:\\x',
  '.',
  '..',
  '',
  'a\u0000b',
  '\u202egnp.exe',
  'x'.repeat(5_000),
  '%2e%2e%2f',
  '"; name="other',
  'con',
);

/** A form with something wrong in it. */
const forms = fc
  .record({
    boundary: boundaries,
    field: fc.constantFrom('file', 'file', 'file', 'other', '', '__proto__'),
    name: names,
    type: fc.constantFrom('text/plain', 'image/png', '', 'multipart/mixed; boundary=y', '\u00ff'),
    line: fc.oneof({ weight: 5, arbitrary: fc.constant('\r\n') }, lines),
    content: bytes,
    end: fc.constantFrom('--', '--', '', 'garbage'),
    copies: fc.integer({ min: 0, max: 30 }),
    preamble: bytes,
  })
  .map(({ boundary, field, name, type, line, content, end, copies, preamble }) => {
    const bare = boundary.replaceAll('"', '');
    const part = Buffer.concat([
      Buffer.from(`--${bare}${line}content-disposition: form-data; name="${field}"; filename="${name}"${line}`),
      Buffer.from(`content-type: ${type}${line}${line}`),
      content,
      Buffer.from(line),
    ]);
    const body = Buffer.concat([
      preamble,
      ...Array.from({ length: copies }, () => part),
      Buffer.from(`--${bare}${end}${line}`),
    ]);
    return { type: `multipart/form-data; boundary=${boundary}`, body };
  });

test.each(['POST /v1/files', 'PUT /v1/me/avatar'])('%s: any form', async (target) => {
  const property = fc.asyncProperty(forms, fc.integer({ min: -20, max: 20 }), fc.boolean(), async (form, off, half) => {
    const length = Math.max(0, form.body.length + (off > 10 ? off : 0));
    const head = [`${target} HTTP/1.1`, `content-type: ${form.type}`, `content-length: ${length}`];
    judge(await send(head, form.body, half || length > form.body.length));
  });
  await fc.assert(property, { seed, numRuns: runs });
  expect(await isAlive()).toBe(true);
});

test('any name comes back as one that is safe', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(names, fc.string({ unit: 'grapheme', maxLength: 300 })), async (name) => {
      const form = new FormData();
      form.set('file', new Blob(['hello']), name);
      const { status, body } = await ann.call('POST', '/files', { body: form });
      expect(status, JSON.stringify(body)).toBe(201);
      const file = body as StoredFile;
      expect(file.objectKey).toMatch(/^uploads\/[0-9a-f-]{36}_[A-Za-z0-9-][A-Za-z0-9._-]{0,99}$/);
      expect(file.name).not.toMatch(/[/\\\p{Cc}\u202e]/u);
      const { headers } = await ann.call('GET', `/files/${file.id}/download`);
      const got = await fetch(new URL(headers.get('location')!, app.url));
      expect(await got.text()).toBe('hello');
      expect(got.headers.get('content-disposition')).toMatch(
        /^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\x21-\x7e]+$/,
      );
    }),
    { seed, numRuns: Math.ceil(runs / 2) },
  );
});

const numbers = fc.constantFrom('0', '5', '-1', '1e3', '', ' 5', '99999999999999999999', 'NaN', '5, 5', '50001');

test('any upload in parts', async () => {
  const property = fc.asyncProperty(
    fc.record({
      length: numbers,
      metadata: fc.oneof(headerText(), fc.constantFrom('filename', 'filename !!', 'filename Li4vLi4=', ',,,', 'a b c')),
      offset: numbers,
      version: fc.constantFrom('1.0.0', '1.0.0', '0.2.2', ''),
      type: fc.constantFrom(
        'application/offset+octet-stream',
        'application/offset+octet-stream',
        'text/plain',
        'application/json',
      ),
      body: bytes,
      half: fc.boolean(),
    }),
    async ({ length, metadata, offset, version, type, body, half }) => {
      const headers = { 'tus-resumable': version, 'upload-length': length, 'upload-metadata': metadata };
      const made = await ann.call('POST', '/files/resumable', { headers });
      judge({ status: made.status, code: (made.body as { code: ErrorCode }).code });
      const { headers: good } = await ann.call('POST', '/files/resumable', {
        headers: { 'tus-resumable': '1.0.0', 'upload-length': '200' },
      });
      const target = `PATCH ${good.get('location')} HTTP/1.1`;
      const head = [target, `tus-resumable: ${version}`, `upload-offset: ${offset}`, `content-type: ${type}`];
      judge(await send([...head, `content-length: ${body.length}`], body, half));
    },
  );
  await fc.assert(property, { seed, numRuns: runs });
  expect(await isAlive()).toBe(true);
});

test('any address of bytes', async () => {
  const paths = fc.constantFrom(
    'uploads/a',
    '../keys',
    '..%2f..%2fkeys',
    'identity',
    'avatars/a/b',
    '%00',
    'a'.repeat(250),
    '',
  );
  const query = fc.dictionary(
    fc.constantFrom('until', 'name', 'type', 'as', 'sig', 'size'),
    fc.string({ maxLength: 40 }),
  );
  const property = fc.asyncProperty(
    paths,
    query,
    fc.constantFrom('GET', 'PUT', 'HEAD'),
    async (path, given, method) => {
      const text = new URLSearchParams(given).toString();
      judge(await send([`${method} /v1/blobs/${path}?${text} HTTP/1.1`, 'content-length: 0'], Buffer.alloc(0)));
      const twice = `until=1&until=2&sig=x&sig=y`;
      judge(await send([`${method} /v1/blobs/${path}?${twice} HTTP/1.1`, 'content-length: 0'], Buffer.alloc(0)));
    },
  );
  await fc.assert(property, { seed, numRuns: runs });
});

function headerText(): fc.Arbitrary<string> {
  return fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x21-\x7e]/g, '_'));
}
