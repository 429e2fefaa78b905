import { once } from 'node:events';
import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { createHttp } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { httpOf, signUp } from './support/people.ts';
import { newDataFolder, startRefused, startServer } from './support/server.ts';
import { expectAlive, expectReady, talk } from './support/talk.ts';

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
