import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scanner } from '../../modules/files/scanner.ts';
import { createClamdScanner } from './clamd.ts';

/** The test file that every scanner knows (eicar.org), in two halves so that none finds it here. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
/** Its signature by content: a database of one, for clamd without the ones that come by the network. */
const signature = `Eicar-Test:0:0:${Buffer.from(eicar).toString('hex')}\n`;

let folder: string;
let clamd: ChildProcess;
let scanner: Scanner;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-clamd-'));
  const port = await findFreePort();
  await mkdir(join(folder, 'db'));
  await writeFile(join(folder, 'db', 'test.ndb'), signature);
  const settings = [
    'Foreground yes',
    `DatabaseDirectory ${folder}/db`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    `TemporaryDirectory ${folder}`,
    `LogFile ${folder}/log`,
    'User root',
    'StreamMaxLength 5M',
  ];
  await writeFile(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  await chmod(folder, 0o755);
  clamd = spawn('/usr/sbin/clamd', ['--config-file', join(folder, 'clamd.conf')], { stdio: 'ignore' });
  scanner = createClamdScanner({ host: '127.0.0.1', port });
  await writeFile(join(folder, 'nothing'), 'nothing');
  await untilAnswers(join(folder, 'nothing'));
});
afterAll(async () => {
  clamd.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** It reads its database first; the hook's time bounds it. */
async function untilAnswers(file: string): Promise<void> {
  while (!(await scanner.scan(file).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 100));
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function scan(content: string): Promise<unknown> {
  await writeFile(join(folder, 'file'), content);
  return scanner.scan(join(folder, 'file'));
}

test('clamd finds what it knows, in small files and in large ones', async () => {
  expect(await scan('hello')).toEqual({ kind: 'clean' });
  expect(await scan(eicar)).toEqual({ kind: 'infected', name: 'Eicar-Test.UNOFFICIAL' });
  expect(await scan('a'.repeat(2_000_000))).toEqual({ kind: 'clean' });
});

test('a file that is larger than clamd takes is not called clean', async () => {
  expect(await scan('a'.repeat(8_000_000))).toMatchObject({ kind: 'unscannable' });
});
