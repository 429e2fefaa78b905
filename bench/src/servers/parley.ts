// The real hub, bus and door, on a log in memory: everything between a committed event and the wire.
import { createServer } from 'node:http';
import { createConnections, createHub, createMemoryBus, createWebSocketDoor, routeUpgrades } from '@parley/realtime';
import { createMemoryLog } from '@parley/realtime/testing';
import { answerCalls, programArgs } from '../programs.ts';
import { listen, openControl } from './control.ts';
import { data, topic } from './event.ts';
import { resources } from './resources.ts';
import { topicsOf, uuidOf } from './topics.ts';

const { users = 0 } = programArgs<{ users?: number }>();
const quarterOfAnHour = 900_000;
const log = createMemoryLog();
const hub = createHub({ bus: createMemoryBus(), log });
const door = createWebSocketDoor({
  hub,
  connections: createConnections(),
  events: { 'message.new': { ws: 'message' } },
  authenticate: async (token) => ({
    userId: uuidOf(Number(token)),
    sessionId: uuidOf(Number(token) + 0x1000000),
    expiresAt: Date.now() + quarterOfAnHour,
  }),
  topicsOf: async (userId) => (users === 0 ? [topic] : topicsOf(Number.parseInt(userId.slice(-12), 16), users)),
  rootTopicOf: (userId) => `user:${userId}`,
  authorize: async () => true,
  commands: {},
  subscribeTopicOf: () => undefined,
  describeError: (error) => ({ code: 'internal', message: String(error) }),
  allowOrigin: () => true,
});
const server = createServer();
routeUpgrades(server, { '/ws': door.handleUpgrade });
const ports = {
  port: await listen(server),
  control: await openControl((events) => {
    for (let event = 0; event < events; event += 1)
      hub.publish(log.append({ topic, name: 'message.new', data, actor: uuidOf(1) }));
  }),
};
answerCalls({ ports: () => ports, ...resources });
