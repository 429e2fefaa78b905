// Socket.IO as its documentation shows it: rooms, acknowledgements, connection state recovery; its Redis adapter where asked.
import { createServer } from 'node:http';
import { createSocketIORedisAdapter, parseRedisUrl } from '@parley/realtime/redis';
import { Server, type ServerOptions } from 'socket.io';
import { answerCalls, programArgs } from '../../programs.ts';
import { listen } from '../../servers/control.ts';
import { nextPayload } from '../../servers/event.ts';
import { resources } from '../../servers/resources.ts';
import { audienceOf, type RoomServerCalls, roomName, type ServerArgs } from './audience.ts';

const args = programArgs<ServerArgs>();
const options: Partial<ServerOptions> = { transports: ['websocket'], perMessageDeflate: false, serveClient: false };
if (args.redisUrl !== undefined)
  options.adapter = createSocketIORedisAdapter(parseRedisUrl(args.redisUrl), false).adapter;
// Its Redis adapter cannot do this.
else options.connectionStateRecovery = { maxDisconnectionDuration: 120_000 };
const server = createServer();
const io = new Server(server, options);
let received = 0;

io.on('connection', (socket) => {
  if (!socket.recovered) void socket.join(audienceOf(Number(socket.handshake.query.token), args));
  socket.on('join', (room: string, acknowledge: () => void) => {
    void socket.join(room);
    acknowledge();
  });
  socket.on('leave', (room: string, acknowledge: () => void) => {
    void socket.leave(room);
    acknowledge();
  });
});

const { subClient } = io.of('/').adapter as { subClient?: NodeJS.EventEmitter };
subClient?.on('pmessageBuffer', () => (received += 1));

function publish({ rooms, first = 0 }: { rooms: number; first?: number }): void {
  for (let room = first; room < first + rooms; room += 1) io.to(roomName(room)).emit('message.new', nextPayload());
}

const ports = { port: await listen(server), epoch: '' };
const calls: RoomServerCalls = { ports: () => ports, publish, received: () => received, reads: () => 0, ...resources };
answerCalls({ ...calls });
