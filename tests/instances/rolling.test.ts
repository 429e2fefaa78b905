import { expect, inject, test } from 'vitest';
import { historyOf, written } from '../support/history.ts';
import { httpOf, makeGroup, signUp } from '../support/people.ts';
import { createRandom } from '../support/random.ts';
import { sleep, until } from '../support/until.ts';
import { doors, startFollower } from './followers.ts';
import { startInstances } from './stage.ts';

test('a rolling restart loses nothing, and ends each instance in good order', async () => {
  const random = createRandom('rolling');
  const stage = await startInstances({ postgresUrl: inject('postgresUrl'), env: { DRAIN_SECONDS: '4' } });
  try {
    const ann = await signUp(stage.servers[0]!.url);
    const bob = await signUp(stage.servers[1]!.url);
    const { id } = await makeGroup(ann, [bob]);
    const chat = (await ann.http.call('chats.list', {})).items.find((one) => one.id === id)!;
    const { token: scoped } = await bob.http.call('auth.socketToken', {});
    const followers = Array.from({ length: 16 }, (_, index) =>
      startFollower({
        door: doors[index % doors.length]!,
        url: () => random.pick(stage.servers).url,
        tokens: { access: bob.tokens.access_token, scoped },
        chatId: chat.id,
        since: chat.position,
      }),
    );
    await until(() => followers.every((follower) => follower.isOnline()), 'all are online');

    let isOver = false;
    const writing = (async () => {
      const acknowledged: string[] = [];
      for (let count = 0; !isOver; count += 1) {
        const body = { content: `message ${count}`, clientMessageId: `key-${count}` };
        for (let sent: string | undefined; sent === undefined; ) {
          const http = httpOf(random.pick(stage.servers).url, ann.tokens);
          const call = http.call('messages.send', { params: { chatId: chat.id }, body, timeoutMs: 5_000 });
          sent = await call.then(
            (answer) => answer.id,
            () => undefined,
          );
          if (sent === undefined) await sleep(50);
          else acknowledged.push(sent);
        }
        await sleep(20);
      }
      return acknowledged;
    })();
    for (const server of stage.servers) {
      await sleep(1_000);
      const { code, tookMs } = await server.stop();
      expect(code).toBe(0);
      console.log(`an instance was drained within ${(tookMs / 1_000).toFixed(1)} s`);
      await server.restart();
    }
    await sleep(1_000);
    isOver = true;
    const acknowledged = await writing;
    const log = written(await historyOf(ann, chat.id)).map((message) => message.id);
    await until(() => followers.every(({ taken }) => taken.length >= log.length), 'all are told all');
    for (const follower of followers) follower.stop();
    expect(log).toEqual(acknowledged);
    for (const { taken, surprises } of followers) {
      expect(surprises).toEqual([]);
      expect(taken).toEqual(log);
    }
    console.log(`${log.length} messages, ${followers.length} clients`);
  } finally {
    await stage.close();
  }
});
