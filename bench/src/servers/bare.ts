// A bare Node loop: one shared frame written to each socket, nothing else.
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { serverFrame } from '../load/frames.ts';
import { answerCalls } from '../programs.ts';
import { listen, openControl } from './control.ts';
import { nextText } from './event.ts';
import { resources } from './resources.ts';

const sockets = new Set<Socket>();
const server = createServer();
server.on('upgrade', (_request, stream) => {
  const socket = stream as Socket;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
  socket.resume();
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  sockets.add(socket);
});
const ports = {
  port: await listen(server),
  control: await openControl((events) => {
    for (let event = 0; event < events; event += 1) {
      const frame = serverFrame(nextText());
      for (const socket of sockets) socket.write(frame);
    }
  }),
};
answerCalls({ ports: () => ports, ...resources });
