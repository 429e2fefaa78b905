import { identify } from '../../identify.ts';
import type { PubSubSocket } from './connection.ts';
import { type ClientFrame, parsePublish, response } from './frames.ts';
import { hasScope } from './scopes.ts';

/** Live only, to open topics only. What is told names its publisher: nobody passes for a service. */
export async function publish(socket: PubSubSocket, frame: ClientFrame): Promise<object> {
  const { room } = socket;
  const wanted = parsePublish(frame);
  if (wanted === undefined) return response(frame.nonce, 'ERR_BADMESSAGE');
  const { topic, message, token } = wanted;
  const { open } = room.table;
  if (open === undefined || !open.has(topic)) return response(frame.nonce, 'ERR_BADTOPIC');
  if (token === '') return response(frame.nonce, 'ERR_BADAUTH');
  const identity = await identify(room, token);
  if (!hasScope(identity, open.writeScope(topic))) return response(frame.nonce, 'ERR_BADAUTH');
  await room.publish(identity, { topic, message, publisher: identity.userId });
  room.counters.published += 1;
  socket.settle();
  return response(frame.nonce, '');
}
