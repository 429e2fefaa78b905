// The real hub, bus and door, with rooms that are joined and left, a log to resume from, and Redis where asked.
import { createServer } from 'node:http';
import { createConnections, createHub, createMemoryBus, createWebSocketDoor, routeUpgrades } from '@parley/realtime';
import { createRedisBus, parseRedisUrl } from '@parley/realtime/redis';
import { createMemoryLog } from '@parley/realtime/testing';
import { answerCalls, programArgs } from '../../programs.ts';
import { listen } from '../../servers/control.ts';
import { data } from '../../servers/event.ts';
import { resources } from '../../servers/resources.ts';
import { uuidOf } from '../../servers/topics.ts';
import { audienceOf, type RoomServerCalls, roomName, type ServerArgs } from './audience.ts';

const args = programArgs<ServerArgs>();
const log = createMemoryLog();
const redisBus = args.redisUrl === undefined ? undefined : createRedisBus({ target: parseRedisUrl(args.redisUrl) });
while (redisBus?.isHealthy() === false) await new Promise((resolve) => setTimeout(resolve, 5));
const hub = createHub({ bus: redisBus ?? createMemoryBus(), log });
const door = createWebSocketDoor({
  hub,
  connections: createConnections(),
  events: { 'message.new': { ws: 'message' } },
  authenticate: async (token) => ({ userId: uuidOf(Number(token)), sessionId: uuidOf(Number(token) + 0x1000000) }),
  topicsOf: async (userId) => audienceOf(Number.parseInt(userId.slice(-12), 16), args),
  rootTopicOf: (userId) => `user:${userId}`,
  authorize: async () => true,
  commands: {},
  subscribeTopicOf: ({ chatId }) => `chat:${chatId}`,
  describeError: (error) => ({ code: 'internal', message: String(error) }),
  allowOrigin: () => true,
});
const server = createServer();
routeUpgrades(server, { '/ws': door.handleUpgrade });
const ports = { port: await listen(server), epoch: (await log.heads([])).epoch };

/** Between instances live only: each process has a log of its own here, and would look in vain for the others' events. */
function publish({ rooms, first = 0 }: { rooms: number; first?: number }): void {
  for (let room = first; room < first + rooms; room += 1) {
    const event = { topic: roomName(room), name: 'message.new', data };
    hub.publish(redisBus === undefined ? log.append(event) : event);
  }
}

const calls: RoomServerCalls = {
  ports: () => ports,
  publish,
  received: () => redisBus?.stats().received ?? 0,
  reads: () => log.reads,
  ...resources,
};
answerCalls({ ...calls });
