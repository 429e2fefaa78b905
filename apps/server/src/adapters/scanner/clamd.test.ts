import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createClamdScanner } from './clamd.ts';

let folder: string;
let server: Server | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-clamd-'));
});
afterEach(() => server?.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Speaks as a clamd would; what it was sent comes whole, without the lengths. */
async function speak(answer: (bytes: Buffer, socket: Socket) => void): Promise<ReturnType<typeof createClamdScanner>> {
  server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      if (bytes.length >= 14 && bytes.subarray(-4).every((byte) => byte === 0)) answer(unpack(bytes), socket);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return createClamdScanner({ host: '127.0.0.1', port, patienceMs: 300 });
}

function unpack(bytes: Buffer): Buffer {
  expect(bytes.subarray(0, 10).toString()).toBe('zINSTREAM\0');
  const chunks: Buffer[] = [];
  for (let at = 10; ; ) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return path;
}

describe('clamd', () => {
  test('is sent the whole file, in pieces', async () => {
    const content = Buffer.alloc(700_000, 'a');
    let got: Buffer = Buffer.alloc(0);
    const scanner = await speak((bytes, socket) => {
      got = bytes;
      socket.end('stream: OK\0');
    });
    expect(await scanner.scan(await file(content))).toEqual({ kind: 'clean' });
    expect(got.equals(content)).toBe(true);
  });

  test('names what it found, also in two pieces', async () => {
    const scanner = await speak((_bytes, socket) => {
      socket.write('stream: Eicar');
      setTimeout(() => socket.end('-Test-Signature FOUND\0'), 20);
    });
    expect(await scanner.scan(await file('x'))).toEqual({ kind: 'infected', name: 'Eicar-Test-Signature' });
  });

  test.each([
    ['an error', (socket: Socket) => socket.end("stream: Can't allocate memory ERROR\0"), 'could not scan'],
    ['nothing', (socket: Socket) => socket.end(), 'said nothing'],
    ['a broken connection', (socket: Socket) => socket.destroy(), 'said nothing'],
    ['silence', () => undefined, 'does not answer'],
  ])('answers with %s: then nothing is known', async (_what, answer, reason) => {
    const scanner = await speak((_bytes, socket) => void answer(socket));
    await expect(scanner.scan(await file('x'))).rejects.toThrow(reason);
  });

  test('is not there: then nothing is known', async () => {
    const scanner = createClamdScanner({ host: '127.0.0.1', port: 1 });
    await expect(scanner.scan(await file('x'))).rejects.toThrow();
  });
});
