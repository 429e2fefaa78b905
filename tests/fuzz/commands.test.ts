import { commands } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient } from '@parley/realtime/testing';
import fc from 'fast-check';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { type Schema, valuesOf } from './arbitraries.ts';
import { runs, seed } from './seed.ts';
import { spoiled, wild } from './wild.ts';
import { buildWorld, type World } from './world.ts';

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = await startApp();
  world = await buildWorld(app.url);
});
afterAll(() => app.close());

interface Emitted {
  name: string;
  args: unknown[];
  asksForAck: boolean;
}

const withArguments = (name: fc.Arbitrary<string>, first: fc.Arbitrary<unknown>): fc.Arbitrary<Emitted> =>
  fc.record({
    name,
    args: fc.oneof<{ weight: number; arbitrary: fc.Arbitrary<unknown[]> }[]>(
      { weight: 5, arbitrary: fc.tuple(first).map((one): unknown[] => one) },
      { weight: 1, arbitrary: fc.array(wild, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.tuple(first, wild).map((two): unknown[] => two) },
      { weight: 1, arbitrary: fc.constant<unknown[]>([new Uint8Array(300)]) },
    ),
    asksForAck: fc.boolean(),
  });

const payloadsOf = (schema: unknown): fc.Arbitrary<unknown> => {
  const good = valuesOf(schema as Schema, { schemas: {}, ids: world.ids });
  return fc.oneof({ weight: 1, arbitrary: good }, { weight: 3, arbitrary: spoiled(good) });
};

async function bombard(emitted: fc.Arbitrary<Emitted>, namespace = '/', numRuns = runs): Promise<void> {
  let socket = await connect(namespace);
  const property = fc.asyncProperty(emitted, async ({ name, args, asksForAck }) => {
    if (asksForAck && namespace === '/')
      judge(
        await socket
          .timeout(3_000)
          .emitWithAck(name, ...args)
          .catch(() => undefined),
      );
    else socket.emit(name, ...args);
    if (!(await isAnswering(socket, namespace))) socket = await connect(namespace);
  });
  await fc.assert(property, { seed, numRuns });
  await disconnectSocketClient(socket);
}

const connect = (namespace: string): Promise<Socket> =>
  connectSocketClient(`${app.url}${namespace}`, {
    token: world.person.token,
    prepare: (socket) => socket.on('error', judge),
  });

/** Whatever is said of it, it is not that something went wrong here. */
function judge(answer: unknown): void {
  expect(JSON.stringify(answer) ?? '').not.toContain('INTERNAL');
}

/** Only the default namespace has commands; there the next good one must be answered. */
async function isAnswering(socket: Socket, namespace: string): Promise<boolean> {
  if (!socket.connected) return false;
  if (namespace !== '/') return true;
  const answer = await socket.timeout(3_000).emitWithAck('presence:ping', {});
  expect(answer).toMatchObject({ ok: true });
  return true;
}

describe.each(Object.entries(commands))('%s', (name, { input }) => {
  test('any payload', () => bombard(withArguments(fc.constant(name), payloadsOf(input))));
});

/** Names that a client of Socket.IO will not send. */
const reserved = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);
const names = fc
  .oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('error', '__proto__', 'constructor', 'toString', 'message.new', ''),
  )
  .filter((name) => !reserved.has(name));

test('events that nobody knows', () => bombard(withArguments(names, wild)));
test('anything on /chat', () =>
  bombard(withArguments(fc.oneof(names, fc.constantFrom(...Object.keys(commands))), wild), '/chat'));

test('packets that are none', async () => {
  const packets = [
    '',
    '9',
    '4',
    '40{',
    '40/nowhere,',
    '42',
    '42[',
    '42["a"',
    '421["presence:ping"',
    '451-["x",{"_placeholder":true,"num":9}]',
    '43[]',
    '2probe',
    'x'.repeat(70_000),
  ];
  for (const packet of packets) await poke(packet);
  const socket = await connect('/');
  expect(await isAnswering(socket, '/')).toBe(true);
  await disconnectSocketClient(socket);
});

/** Speaks Engine.IO up to the point of signing in, then says something else. */
function poke(packet: string): Promise<void> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  return new Promise((resolve) => {
    socket.addEventListener('close', () => resolve());
    socket.addEventListener('error', () => resolve());
    socket.addEventListener('open', () => {
      socket.send(`40${JSON.stringify({ token: world.person.token })}`);
      socket.send(packet);
      setTimeout(() => socket.close(), 60);
    });
  });
}

test.each([
  'EIO=3&transport=polling',
  'EIO=4&transport=nothing',
  'EIO=4&transport=polling&sid=none',
  'EIO=4&transport=websocket&sid=%zz',
])('a handshake that is none: %s', async (query) => {
  const answer = await fetch(`${app.url}/socket.io/?${query}`);
  expect(answer.status).toBeLessThan(500);
});
