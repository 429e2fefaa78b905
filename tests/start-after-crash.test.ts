import { describe, expect, it } from 'vitest';
import { isAlive, killHard } from './support/processes.ts';
import { isReady, type Server, startServer } from './support/server.ts';
import { expectAlive, talk } from './support/talk.ts';
import { until } from './support/until.ts';

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
