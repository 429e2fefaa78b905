import type { ClientEventName, EventPayload, Message } from '@parley/contract';
import { hasMostMentions } from '../store/mentions.ts';
import { chatTopic, type State } from '../store/state.ts';
import type { ClientEvent, Store } from '../store/store.ts';
import type { Emitter } from './emitter.ts';
import type { Loading } from './loading.ts';
import type { Queues } from './queues.ts';
import type { Reads } from './reads.ts';
import type { ReceiptQuestions } from './receipt-questions.ts';

export interface IntakeParts {
  store: Store;
  loading: Loading;
  emitter: Emitter;
  reads: Reads;
  queues(): Queues | undefined;
  introduce(message: Message): void;
  /** Finds out how far people have read of whom that is not known. */
  receipts: ReceiptQuestions;
  resume(topics: readonly string[]): void;
  resync(topics: readonly string[]): void;
  /** Of what nobody waits for. */
  onError(error: unknown): void;
}

/** Where every event of the socket arrives: applied to the store, followed up, told to the handlers. */
export function createIntake(parts: IntakeParts): (event: ClientEvent) => void {
  const { store } = parts;
  watchHiding(parts);
  return (event) => {
    const chatId = 'chatId' in event.payload ? event.payload.chatId : undefined;
    const hadMost = chatId !== undefined && hasMostMentions(store.state, chatId);
    const outcome = store.apply(event);
    if (outcome === 'unknown_topic' || outcome === 'other_epoch') parts.resync([event.topic!]);
    if (outcome !== 'applied') return;
    followUp(parts, event);
    if (hadMost && takesMention.has(event.name) && !hasMostMentions(store.state, chatId)) askForMentions(parts, chatId);
    parts.emitter.emit(event, isOwn(store.state, event));
  };
}

const takesMention: ReadonlySet<ClientEventName> = new Set(['message.deleted', 'message.updated']);

/** One of the newest hundred is gone: there may be an older one in its place. */
function askForMentions({ loading, onError }: IntakeParts, chatId: string): void {
  loading.mentions(chatId).catch(onError);
}

/** Who hides how far they have read sees it of nobody. By an event or by an answer: from then on it is to be seen again. */
function watchHiding(parts: IntakeParts): void {
  const { store, onError } = parts;
  let wasHiding = false;
  store.subscribe(({ part }) => {
    if (part !== 'settings' && part !== 'all') return;
    const isShowing = store.state.settings?.readReceipts;
    if (wasHiding && isShowing) showReceipts(parts).catch(onError);
    wasHiding = isShowing === false;
  });
}

/** The list tells it, too. */
async function showReceipts({ store, loading }: IntakeParts): Promise<void> {
  await loading.refresh(() => false, false);
  for (const chatId of [...store.state.receipts.keys()]) await loading.receipts(chatId);
}

type FollowUp = (parts: IntakeParts, payload: ClientEvent['payload']) => Promise<unknown> | undefined;
type FollowUps = {
  readonly [N in ClientEventName]?: (parts: IntakeParts, payload: EventPayload<N>) => Promise<unknown> | undefined;
};

/** What an event asks for besides the change of the state. */
const followUps: FollowUps = {
  'message.new': ({ queues, introduce, receipts }, { message }) => {
    introduce(message);
    receipts.about(message);
    return queues()?.outbox.seen(message);
  },
  'message.updated': ({ introduce }, { message }) => void introduce(message),
  'message.pinned': ({ introduce }, { message }) => void introduce(message),
  'message.failed': ({ queues }, { clientMessageId = '', code }) => queues()?.outbox.failed(clientMessageId, code),
  // The subscription may be younger than the chat: what lies between is fetched.
  'chat.created': ({ resume }, { chat }) => void resume([chatTopic(chat.id)]),
  'chat.member_joined': ({ receipts }, { chatId, userId }) => void receipts.ofMember(chatId, userId),
  'chat.deleted': ({ queues }, { chatId }) => queues()?.discardChat(chatId),
  'chat.left': ({ queues }, { chatId }) => queues()?.discardChat(chatId),
  'chat.read': ({ reads }, { chatId, sequence }) => void reads.confirm(chatId, sequence),
};

function followUp(parts: IntakeParts, event: ClientEvent): void {
  const run = followUps[event.name] as FollowUp | undefined;
  run?.(parts, event.payload)?.catch(parts.onError);
}

const isOwn = (state: State, event: ClientEvent): boolean =>
  (event.name === 'message.new' || event.name === 'message.updated') &&
  state.chats.get(event.payload.chatId)?.myParticipantId === event.payload.message.senderId;
