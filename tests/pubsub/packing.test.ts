import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createOutput } from '../support/output.ts';
import { root } from '../support/server.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const names = ['contract', 'client', 'realtime'];

/** A program of somebody who installed the packages; the lines marked as errors prove that the types are there. */
const consumer = `
import { createClient } from '@parley/client';
import { type EventPayload, pubsubTopics } from '@parley/contract';
import { createHub, createMemoryBus, type Hub } from '@parley/realtime';
import { createMemoryLog } from '@parley/realtime/testing';

export const hub: Hub = createHub({ bus: createMemoryBus(), log: createMemoryLog() });
// @ts-expect-error a hub needs a log
createHub({ bus: createMemoryBus() });
export const bot = createClient({ baseUrl: 'http://localhost:3000' });
bot.on('message.new', async ({ chatId, message }) => {
  const content: string = message.content;
  // @ts-expect-error content is text
  const wrong: number = message.content;
  await bot.send(chatId, { content: content + wrong });
});
export const payload = {} as EventPayload<'message.deleted'>;
// @ts-expect-error there is no such field
payload.nothing;
export const topic = pubsubTopics['channel:update'];
hub.close();
process.stdout.write(topic?.event + '\\n');
`;

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  types: ['node'],
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
};

/** Installs as npm would, without a registry: what a package asks for is linked to what is installed here already. */
async function install(project: string, tarball: string): Promise<void> {
  const unpacked = await mkdtemp(join(project, 'unpacked-'));
  await run('tar', ['xzf', tarball, '-C', unpacked]);
  const manifest = JSON.parse(await readFile(join(unpacked, 'package/package.json'), 'utf8'));
  await mkdir(join(project, 'node_modules/@parley'), { recursive: true });
  await cp(join(unpacked, 'package'), join(project, 'node_modules', manifest.name), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) if (!name.startsWith('@parley/')) await link(project, name);
}

async function link(project: string, name: string): Promise<void> {
  const path = join(project, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(root, 'node_modules', name), path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** The code of the guide, by the name in its first line. */
async function guideFiles(): Promise<[name: string, code: string][]> {
  const guide = await readFile(join(root, 'docs/guides/embedding.md'), 'utf8');
  return Array.from(guide.matchAll(/```ts\n\/\/ (\S+\.ts)\n(.*?)```/gs), ([, name, code]) => [name!, code!]);
}

describe('the packed packages in an empty project', () => {
  let project: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'parley-packed-'));
    const tarballs = join(project, 'tarballs');
    await mkdir(tarballs);
    await run(process.execPath, [join(root, 'scripts/pack.mjs'), tarballs]);
    for (const file of await readdir(tarballs)) await install(project, join(tarballs, file));
    await link(project, '@types/node');
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    await writeFile(join(project, 'consumer.ts'), consumer);
    await cp(join(project, 'node_modules/@parley/realtime/example/server.ts'), join(project, 'server.ts'));
    for (const [name, code] of await guideFiles()) await writeFile(join(project, name), code);
  }, 180_000);
  afterAll(async () => {
    child?.kill();
    await rm(project, { recursive: true, force: true });
  });

  it('hold compiled code with its types, and nothing else', async () => {
    for (const name of names) {
      const files = await readdir(join(project, 'node_modules/@parley', name), { recursive: true });
      expect(files).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
      expect(files.filter((file) => /(^src|\.test\.|\.suite\.|tsbuildinfo)/.test(file))).toEqual([]);
    }
    const left = await Promise.all(names.map((name) => readdir(join(root, 'packages', name))));
    expect(left.flat()).not.toContain('dist');
  });

  it('give their types to whoever compiles against them: the example, and the module of the guide', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await expect(run(process.execPath, [tsc, '-p', project])).resolves.toMatchObject({ stdout: '' });
  });

  it('run', async () => {
    const { stdout } = await run(process.execPath, ['consumer.ts'], { cwd: project });
    expect(stdout).toBe('chat.updated\n');
  });

  it('serve the example with the module of the guide, which has at most 30 lines', async () => {
    const files = new Map(await guideFiles());
    expect(files.get('votes.ts')!.trim().split('\n').length).toBeLessThanOrEqual(30);
    child = spawn(process.execPath, ['main.ts'], { cwd: project, env: { ...process.env, PORT: '0' } });
    const url = await createOutput(child).line(/at (http:\S+)$/m);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?token=token-of-ann`);
    const frames: Record<string, unknown>[] = [];
    socket.on('message', (bytes) => frames.push(JSON.parse(String(bytes))));
    await until(() => frames.length === 1, 'signed in');
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    send({ type: 'subscribe', room: 'hall' });
    await until(() => frames.length === 2, 'subscribed');
    send({ type: 'vote', room: 'hall', option: 'yes' });
    send({ type: 'write', room: 'hall', text: 'done' });
    await until(
      () => frames.some(({ type }) => type === 'line'),
      () => `the line; came ${JSON.stringify(frames)}`,
    );
    expect(frames).toContainEqual(
      expect.objectContaining({ type: 'vote', room: 'hall', option: 'yes', by: 'ann', offset: 1 }),
    );
    socket.terminate();
  });
});
