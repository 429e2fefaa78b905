import { once } from 'node:events';
import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createHttp } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { historyOf, written } from './support/history.ts';
import { httpOf, makeGroup, type Person, signIn, signUp, startClient } from './support/people.ts';
import { isAlive, killHard } from './support/processes.ts';
import { runScript } from './support/scripts.ts';
import { isReady, newDataFolder, type Server, startRefused, startServer } from './support/server.ts';
import { until } from './support/until.ts';

interface Talk {
  person: Person;
  chatId: string;
  said: string[];
}

/** Somebody who has written something. */
async function talk(server: Server): Promise<Talk> {
  const person = await signUp(server.url, 'ann');
  const { id } = await makeGroup(person, []);
  const said = ['one', 'two', 'three'];
  for (const content of said) await person.http.call('messages.send', { params: { chatId: id }, body: { content } });
  return { person, chatId: id, said };
}

/** It is all there, the sign-in too, and more can be written. */
async function expectAlive(url: string, { person, chatId, said }: Talk): Promise<void> {
  const http = httpOf(url, person.tokens);
  said.push(`now ${said.length}`);
  await http.call('messages.send', { params: { chatId }, body: { content: said.at(-1)! } });
  const history = written(await historyOf({ http }, chatId));
  expect(history.map(({ content }) => content)).toEqual(said);
}

async function expectReady(url: string): Promise<void> {
  const response = await fetch(`${url}/health/ready`);
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
}

describe('start', () => {
  it('tells its parts and its address, serves, and makes the first person the admin', async () => {
    await using server = await startServer();
    await expectReady(server.url);
    for (const part of [/^database {2}embedded PostgreSQL in /m, /^bus /m, /^queue /m, /^Parley is at http:/m]) {
      expect(server.printed()).toMatch(part);
    }
    const [first, second] = [await signUp(server.url), await signUp(server.url)];
    expect(await first.http.call('me.get')).toMatchObject({ isAdmin: true });
    expect(await second.http.call('me.get')).toMatchObject({ isAdmin: false });
  });

  it('is refused clearly on a data folder that is in use, which goes on undisturbed', async () => {
    await using server = await startServer();
    const talked = await talk(server);
    const { code, words } = await startRefused({ dataDir: server.dataDir });
    expect(code).toBe(1);
    expect(words).toContain(`Another Parley (process ${server.pid}) is using the data folder ${server.dataDir}`);
    expect(words).not.toContain('    at ');
    await expectAlive(server.url, talked);
  });

  it('says which port is taken, before it touches any data', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const dataDir = await newDataFolder();
    const refusals = [
      await startRefused({ dataDir, port }),
      await startRefused({ dataDir, port: -1, env: { PORT: String(port) } }),
    ];
    taken.close();
    for (const { code, words } of refusals) {
      expect(code).toBe(1);
      expect(words).toContain(`Port ${port} is taken by another program. Choose one with --port or PORT.`);
    }
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
    await rm(dirname(dataDir), { recursive: true });
  });

  it('says that it runs already, where it does, and whose data the other one has', async () => {
    await using server = await startServer();
    const again = await startRefused({ dataDir: server.dataDir, port: server.port });
    expect(again.code).toBe(1);
    expect(again.words).toContain(`Parley runs already (process ${server.pid}), with the data in ${server.dataDir}`);
    expect(again.words).toContain(`http://localhost:${server.port}`);
    const dataDir = await newDataFolder();
    const { words } = await startRefused({ dataDir, port: server.port });
    expect(words).toContain(`Port ${server.port} is taken by another Parley, which has other data.`);
    await rm(dirname(dataDir), { recursive: true });
  });

  it('listens where --port says, whatever PORT says', async () => {
    const free = createServer().listen(0);
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await using server = await startServer({ port, env: { PORT: '1' } });
    expect(server.url).toBe(`http://localhost:${port}`);
    await expectReady(server.url);
  });

  it('names a flag and a setting that it does not know or understand', async () => {
    const dataDir = await newDataFolder();
    const flag = await startRefused({ dataDir, args: ['--prot', '1'] });
    const setting = await startRefused({ dataDir, env: { DRAIN_SECONDS: 'ten' } });
    expect([flag.code, setting.code]).toEqual([1, 1]);
    expect(flag.words).toContain('--prot');
    expect(setting.words).toContain('DRAIN_SECONDS must be a whole number from 0 to 30, not "ten"');
    await rm(dirname(dataDir), { recursive: true });
  });

  it('--demo fills an empty database once with people who can sign in', async () => {
    await using server = await startServer({ args: ['--demo'] });
    const chatsOf = async (username: string) => {
      const { call } = createHttp({ baseUrl: server.url });
      const tokens = await call('auth.login', { body: { username, password: 'testpass' } });
      return (await httpOf(server.url, tokens).call('chats.list')).items;
    };
    const before = await chatsOf('alice');
    expect(new Set(before.map(({ type }) => type))).toEqual(new Set(['direct', 'group', 'channel']));
    expect(before.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBeGreaterThan(1_000);
    for (const name of ['bob', 'carol']) expect((await chatsOf(name)).length).toBeGreaterThan(0);
    await server.stop();
    await server.restart();
    expect((await chatsOf('alice')).map(({ id, messageCount }) => [id, messageCount])).toEqual(
      before.map(({ id, messageCount }) => [id, messageCount]),
    );
  });

  it.runIf(process.geteuid?.() === 0)('runs as root in a folder that nobody else may enter', async () => {
    const dataDir = await newDataFolder();
    await mkdir(dataDir);
    for (const folder of [dirname(dataDir), dataDir]) await chmod(folder, 0o700);
    await using server = await startServer({ dataDir });
    await expectAlive(server.url, await talk(server));
    expect((await stat(dirname(dataDir))).mode & 0o777).toBe(0o700);
    await server.close();
    await rm(dirname(dataDir), { recursive: true });
  });
});

describe('start after a crash', () => {
  const crashes: [string, (server: Server) => Promise<void>][] = [
    ['Node', (server) => server.kill9()],
    [
      'PostgreSQL and then Node',
      async (server) => {
        killHard(server.postgresPid());
        await server.kill9();
      },
    ],
    [
      'Node and then its orphan PostgreSQL',
      async (server) => {
        await server.kill9();
        await server.killPostgres9();
      },
    ],
  ];

  it.each(crashes)('goes on after kill -9 of %s', async (_name, crash) => {
    await using server = await startServer();
    const talked = await talk(server);
    await crash(server);
    await server.restart();
    await expectAlive(server.url, talked);
  });

  it('starts a killed PostgreSQL again by itself, and goes on with the same process', async () => {
    await using server = await startServer();
    const talked = await talk(server);
    const [node, postgres] = [server.pid, server.postgresPid()];
    await server.killPostgres9();
    await until(() => isReady(server.url), 'it is ready again');
    await expectAlive(server.url, talked);
    expect(server.pid).toBe(node);
    expect(server.postgresPid()).not.toBe(postgres);
  });

  it('stops PostgreSQL and frees the port when the program that started it is killed', async () => {
    await using server = await startServer({ asUser: true, env: { DRAIN_SECONDS: '2' } });
    const postgres = server.postgresPid();
    const talked = await talk(server);
    await server.kill9();
    await until(() => !isAlive(postgres), 'PostgreSQL ends');
    await until(() => server.printed().includes('its parent is gone'), 'it says why');
    await until(
      async () =>
        fetch(server.url).then(
          () => false,
          () => true,
        ),
      'nobody answers',
    );
    await server.restart();
    await expectAlive(server.url, talked);
  });
});

describe('stop', () => {
  it.each([
    ['SIGINT', 'group'],
    ['SIGTERM', 'group'],
    ['SIGTERM', 'launcher'],
  ] as const)(
    'drains at %s to the whole %s: clients are sent elsewhere, nothing is lost, code 0',
    async (signal, whom) => {
      await using server = await startServer({ asUser: true, env: { LOG_LEVEL: 'info' } });
      const talked = await talk(server);
      const postgres = server.postgresPid();
      const client = await startClient(server.url, talked.person);
      talked.said.push('just before');
      await client.send(talked.chatId, { content: 'just before' });
      const { code, tookMs } = await server.stop(signal, whom);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(10_000);
      expect(isAlive(postgres)).toBe(false);
      expect(server.printed()).toMatch(/^Stopping \(.*\)\.\n*$/m);
      expect(server.printed().split('Stopping')[1]).not.toContain('"level"');
      await server.restart();
      await until(() => client.status === 'online', 'the client is back');
      expect(client.errors).toEqual([]);
      client.stop();
      await expectAlive(server.url, talked);
    },
  );

  it('stops at once on Ctrl-C while it drains', async () => {
    await using server = await startServer({ env: { DRAIN_SECONDS: '30' } });
    const client = await startClient(server.url, (await talk(server)).person);
    const first = server.stop('SIGINT');
    await until(() => server.printed().includes('Stopping'), 'it begins to stop');
    process.kill(server.pid, 'SIGINT');
    const { code, tookMs } = await first;
    client.stop();
    expect(code).toBe(130);
    expect(tookMs).toBeLessThan(3_000);
  });
});

describe('backup and restore', () => {
  it.each([
    ['while it runs', true],
    ['while it does not', false],
  ])('move everything into another data folder, %s', async (_name, isRunning) => {
    await using server = await startServer();
    const talked = await talk(server);
    if (!isRunning) await server.stop();
    const file = join(dirname(server.dataDir), 'parley.backup');
    expect(await runScript('backup', [file], server.dataDir)).toMatchObject({ code: 0 });
    const dataDir = join(dirname(server.dataDir), 'elsewhere');
    expect(await runScript('restore', [file], dataDir)).toMatchObject({ code: 0 });
    if (isRunning) await server.stop();

    await using other = await startServer({ dataDir });
    // The keys are the other folder's own: tokens of before are not valid there, passwords are.
    await expect(expectAlive(other.url, { ...talked, said: [] })).rejects.toMatchObject({ code: 'invalid_token' });
    const tokens = await signIn(other.url, talked.person.username);
    await expectAlive(other.url, { ...talked, person: { ...talked.person, tokens } });
  });

  it('refuses to restore over data, and a file that is not there', async () => {
    await using server = await startServer();
    const talked = await talk(server);
    const file = join(dirname(server.dataDir), 'parley.backup');
    const missing = await runScript('restore', [file], server.dataDir);
    expect([missing.code, missing.words]).toEqual([1, expect.stringContaining('ENOENT')]);
    await runScript('backup', [file], server.dataDir);
    expect(await runScript('restore', [file], server.dataDir)).toMatchObject({ code: 1 });
    await expectAlive(server.url, talked);
  });
});
