import { type ClientEventName, chatTopic, events, type Position, userTopic } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient, emitWithAck } from '@parley/realtime/testing';
import { type Live, openLive } from '../../apps/server/src/testing/live.ts';
import { eventOfSocketIO } from '../../apps/server/src/testing/told.ts';
import type { Stage } from './stage.ts';

/** What ann's other connections are told, each event checked against the contract with unknown fields forbidden. */
export interface Doors {
  websocket: Live;
  /** Names of events, by the door they came through. */
  told(): Record<'websocket' | 'socketio' | 'chat', ClientEventName[]>;
  close(): Promise<void>;
}

/** Answers of the Socket.IO door itself. */
const answers = new Set(['resumed', 'resync', 'reconnect', 'error']);

export async function openDoors({ app, ann, group, channel, direct }: Stage): Promise<Doors> {
  const websocket = await openLive(app.url, ann.token);
  const socketio: ClientEventName[] = [];
  const chat: ClientEventName[] = [];
  const problems: unknown[] = [];
  const listen = (told: ClientEventName[], namespace: '/' | '/chat') => (name: string, payload: unknown) => {
    try {
      if (!answers.has(name)) told.push(eventOfSocketIO(name, payload, namespace));
    } catch (error) {
      problems.push(error);
    }
  };
  const main = await connectSocketClient(app.url, {
    token: ann.token,
    prepare: (socket) => socket.onAny(listen(socketio, '/')),
  });
  const live = await connectSocketClient(`${app.url}/chat`, {
    token: ann.token,
    prepare: (socket) => socket.onAny(listen(chat, '/chat')),
  });
  for (const chatId of [group, channel, direct]) await emitWithAck(main, 'room:join', { chatId });
  return {
    websocket,
    told: () => ({ websocket: websocket.events.map(({ name }) => name), socketio, chat }),
    async close() {
      await Promise.all([websocket.close(), disconnectSocketClient(main), disconnectSocketClient(live)]);
      if (problems.length > 0) throw problems[0];
    },
  };
}

interface Spelled {
  durable: boolean;
  socketio?: object;
  chatNamespace?: string;
}

/** The doors that an event leaves by. */
export function doorsOf(name: ClientEventName): ('websocket' | 'socketio' | 'chat')[] {
  const { socketio, chatNamespace } = events[name] as Spelled;
  return ['websocket', ...(socketio ? (['socketio'] as const) : []), ...(chatNamespace ? (['chat'] as const) : [])];
}

/** Where all of ann's topics stand. */
export function positionsOf({ client, ann }: Stage): Record<string, Position> {
  const { positions, chats } = client.store.state;
  const topics = [userTopic(ann.id), ...[...chats.keys()].map(chatTopic)];
  return Object.fromEntries(topics.map((topic) => [topic, positions.get(topic)!]));
}
