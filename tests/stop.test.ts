import { describe, expect, it } from 'vitest';
import { startClient } from './support/people.ts';
import { isAlive } from './support/processes.ts';
import { startServer } from './support/server.ts';
import { expectAlive, talk } from './support/talk.ts';
import { until } from './support/until.ts';

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
