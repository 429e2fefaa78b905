// Socket.IO as its documentation shows it: sockets in rooms, one emit to a room; with its own Redis adapter where asked.
import { createServer } from 'node:http';
import { createSocketIORedisAdapter, parseRedisUrl } from '@parley/realtime/redis';
import { Server, type ServerOptions } from 'socket.io';
import { answerCalls, programArgs } from '../programs.ts';
import { listen, openControl } from './control.ts';
import { nextPayload, topic } from './event.ts';
import { resources } from './resources.ts';
import { topicsOf } from './topics.ts';

const { users = 0, redisUrl } = programArgs<{ users?: number; redisUrl?: string }>();
const server = createServer();
const options: Partial<ServerOptions> = { transports: ['websocket'], perMessageDeflate: false, serveClient: false };
if (redisUrl !== undefined) options.adapter = createSocketIORedisAdapter(parseRedisUrl(redisUrl), false).adapter;
const io = new Server(server, options);
io.on('connection', (socket) => {
  if (users === 0) return void socket.join(topic);
  const user = Number(socket.handshake.query.token);
  void socket.join([`user:${user}`, ...topicsOf(user, users)]);
});
const ports = {
  port: await listen(server),
  control: await openControl((events) => {
    for (let event = 0; event < events; event += 1) io.to(topic).emit('message.new', nextPayload());
  }),
};
answerCalls({ ports: () => ports, ...resources });
