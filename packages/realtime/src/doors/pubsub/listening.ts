import { identify } from '../../identify.ts';
import type { Identity, Position } from '../../types.ts';
import type { PubSubSocket } from './connection.ts';
import {
  type ClientFrame,
  type ListenData,
  parseListen,
  parseTopics,
  type ResponseData,
  type ResponseError,
  response,
} from './frames.ts';
import { FollowedTopic, type Listener } from './listener.ts';
import { NarrowedTopic } from './narrowed.ts';
import { hasScope } from './scopes.ts';
import { type ResolvedTopic, sharedTopicOf } from './table.ts';

interface Request {
  socket: PubSubSocket;
  listener: Listener;
  identity: Identity;
}

/** What became of one topic. */
interface Outcome {
  error: ResponseError | '';
  position?: Position;
  isResync?: boolean;
}

const badTopic: Outcome = { error: 'ERR_BADTOPIC' };
const badAuth: Outcome = { error: 'ERR_BADAUTH' };
const tooManyConnections = { code: 'too_many_connections', message: 'Too many connections' };

/** Each topic is taken or refused by itself; the answer is the first error, and says which. */
export async function listen(socket: PubSubSocket, frame: ClientFrame): Promise<object> {
  const wanted = parseListen(frame);
  if (wanted === undefined) return response(frame.nonce, 'ERR_BADMESSAGE');
  if (wanted.token === '') return response(frame.nonce, 'ERR_BADAUTH');
  const identity = await identify(socket.room, wanted.token);
  const listener = socket.isClosed ? undefined : socket.listenerOf(identity);
  if (listener === undefined) {
    const { code, message } = tooManyConnections;
    return response(frame.nonce, 'ERR_SERVER', { code, message });
  }
  try {
    const outcomes = await listenToAll({ socket, listener, identity }, wanted);
    return toResponse(frame.nonce, outcomes);
  } finally {
    socket.releaseIfIdle(listener);
  }
}

async function listenToAll(request: Request, { topics, since }: ListenData): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const topic of topics) {
    const outcome = await listenTo(request, topic, since.get(topic));
    if (outcome.error === '') request.socket.settle();
    outcomes.set(topic, outcome);
  }
  return outcomes;
}

async function listenTo(request: Request, topic: string, since: Position | undefined): Promise<Outcome> {
  const { socket, listener, identity } = request;
  const { table, maxTopics } = socket.room;
  const resolved = table.resolve(topic);
  if (resolved === undefined) return badTopic;
  const scope = resolved.spec === undefined ? table.open?.readScope(topic) : resolved.spec.scope;
  if (listener.isGone || !hasScope(identity, scope)) return badAuth;
  const known = socket.topics.get(topic);
  if (known?.listener === listener && since === undefined) {
    known.expiresAt = identity.expiresAt;
    return { error: '' };
  }
  if (known !== undefined) socket.drop(known);
  if (socket.topics.size >= maxTopics) return badTopic;
  return isFollowed(resolved) ? follow(request, resolved) : narrow(request, resolved, since);
}

const isFollowed = ({ id, spec }: ResolvedTopic): boolean =>
  spec !== undefined && (id === undefined || spec.isSpread === true);

async function follow(
  { socket, listener, identity }: Request,
  { topic, name, id, spec }: ResolvedTopic,
): Promise<Outcome> {
  const hubTopic = id === undefined ? undefined : spec?.hubTopicOf(id);
  if (hubTopic !== undefined && !(await socket.room.authorize(listener.userId, hubTopic, spec?.within))) return badAuth;
  const listening = new FollowedTopic(listener, topic, hubTopic ?? sharedTopicOf(name));
  listening.expiresAt = identity.expiresAt;
  await listening.start(spec?.within);
  // Its session may have ended, or the socket closed, during the reads.
  if (listener.isGone) return badAuth;
  socket.add(listening);
  return { error: '' };
}

async function narrow(
  { socket, listener, identity }: Request,
  { topic, id, spec }: ResolvedTopic,
  since: Position | undefined,
): Promise<Outcome> {
  const hubTopic = spec === undefined ? topic : spec.hubTopicOf(id as string)!;
  const listening = new NarrowedTopic(listener, topic, hubTopic, spec?.within);
  listening.expiresAt = identity.expiresAt;
  const started = await listening.start(since, spec === undefined);
  if (typeof started === 'string' || listening.isOver || listener.isGone) {
    listening.leave();
    return badAuth;
  }
  socket.add(listening);
  return { error: '', ...started };
}

function toResponse(nonce: string, outcomes: ReadonlyMap<string, Outcome>): object {
  const all = Array.from(outcomes);
  const failed = all.find(([, { error }]) => error !== '');
  const placed = all.flatMap(([topic, { position }]) => (position === undefined ? [] : [[topic, position] as const]));
  const resync = all.flatMap(([topic, { isResync }]) => (isResync === true ? [topic] : []));
  const data: ResponseData = {
    ...(failed === undefined ? {} : { topics: Object.fromEntries(all.map(([topic, { error }]) => [topic, error])) }),
    ...(placed.length === 0 ? {} : { positions: Object.fromEntries(placed) }),
    ...(resync.length === 0 ? {} : { resync }),
  };
  return response(nonce, failed?.[1].error ?? '', data);
}

export function unlisten(socket: PubSubSocket, frame: ClientFrame): object {
  const topics = parseTopics(frame.data.topics);
  if (topics === undefined) return response(frame.nonce, 'ERR_BADMESSAGE');
  for (const topic of topics) {
    const listening = socket.topics.get(topic);
    if (listening === undefined) continue;
    socket.drop(listening);
    socket.releaseIfIdle(listening.listener);
  }
  return response(frame.nonce, '');
}
