import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeGroup, type Person, signUp } from '../support/people.ts';
import { liveMs, sleep, until } from '../support/until.ts';
import { openSignedIn, type Wscat } from '../support/wscat.ts';
import { type Stage, startInstances } from './stage.ts';

let stage: Stage;
let near: string;
let ann: Person;
let chatId: string;
let there: Wscat;

beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  near = stage.servers[0]!.url;
  ann = await signUp(near);
  const bob = await signUp(near);
  chatId = (await makeGroup(ann, [bob])).id;
  there = await openSignedIn(stage.servers[1]!.url, bob.tokens.access_token);
});
afterAll(async () => {
  there?.close();
  await stage?.close();
});

const told = (): string[] => there.ofType('message').map(({ message }) => (message as { content: string }).content);
const say = (content: string) => ann.http.call('messages.send', { params: { chatId }, body: { content } });

async function stateOfBus(url: string): Promise<string> {
  const answer = (await (await fetch(`${url}/health/ready`)).json()) as { status: string; parts: { bus: string } };
  expect(answer.status).toBe('ok');
  return answer.parts.bus;
}

async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
}

async function untilHealthy(): Promise<void> {
  for (const { url } of stage.servers) await until(async () => (await stateOfBus(url)) === 'ok', 'the bus is back');
}

test.each([
  ['killed', () => stage.redis.kill9(), () => stage.redis.restart()],
  ['stopped', async () => stage.redis.pause(), async () => stage.redis.resume()],
] as const)('with Redis %s live delivery goes on by the log, and heals', async (name, away, back) => {
  await untilHealthy();
  await away();
  try {
    for (const { url } of stage.servers) {
      await until(async () => (await stateOfBus(url)) !== 'ok', 'the bus is missed');
    }
    const before = await memoryOf(near);
    const texts = Array.from({ length: 300 }, (_, index) => `${name} ${index} ${'x'.repeat(2_000)}`);
    for (const text of texts) await say(text);
    await until(() => told().at(-1) === texts.at(-1), 'what was said while it is away');
    expect(told().slice(-texts.length)).toEqual(texts);
    const grown = ((await memoryOf(near)) - before) / 2 ** 20;
    console.log(`Redis ${name}: 300 messages of 2 KB, the sending instance grew by ${grown.toFixed(0)} MB`);
    expect(grown).toBeLessThan(150);
  } finally {
    await back();
  }
  await untilHealthy();
  await sleep(300);
  for (let count = 0; count < 10; count += 1) await say(`after ${name} ${count}`);
  await until(() => told().at(-1) === `after ${name} 9`, 'what was said after', liveMs);
  expect(new Set(told()).size).toBe(told().length);
});

test('an instance waits for a Redis that is not up yet, and says that it is not ready', async () => {
  const port = stage.redis.port;
  await stage.redis.kill9();
  const starting = stage.start();
  const [line] = await Promise.all([
    starting.then((server) => server.printed()),
    sleep(3_000).then(stage.redis.restart),
  ]);
  expect(line).toContain(`waiting for Redis at 127.0.0.1:${port} (ECONNREFUSED)`);
  expect(line).toContain(`bus       Redis at 127.0.0.1:${port}`);
});
