import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signIn } from './support/people.ts';
import { runScript } from './support/scripts.ts';
import { startServer } from './support/server.ts';
import { expectAlive, talk } from './support/talk.ts';

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
