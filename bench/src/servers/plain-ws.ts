// The package ws, used as its own documentation does: `send` to each client.
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerCalls } from '../programs.ts';
import { listen, openControl } from './control.ts';
import { nextText } from './event.ts';
import { resources } from './resources.ts';

const clients = new Set<WebSocket>();
const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
function onMessage(): void {}
function onClose(this: WebSocket): void {
  clients.delete(this);
}
webSockets.on('connection', (client) => {
  client.on('message', onMessage);
  client.on('error', onMessage);
  client.on('close', onClose);
  clients.add(client);
});
const ports = {
  port: await listen(server),
  control: await openControl((events) => {
    for (let event = 0; event < events; event += 1) {
      const text = nextText();
      for (const client of clients) client.send(text);
    }
  }),
};
answerCalls({ ports: () => ports, ...resources });
