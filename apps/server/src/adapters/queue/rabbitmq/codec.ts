import type { SendCommand } from '../../../modules/messages/queue.ts';

/** A command on its way, with what the worker needs to know of its sender's side. */
export interface Envelope {
  /** Unix time in ms at which it was accepted. */
  at: number;
  /** The instance where somebody waits for the outcome. */
  waiter?: string;
  command: SendCommand;
}

export const encode = (envelope: Envelope): Buffer => Buffer.from(JSON.stringify(envelope));

/** Undefined for what no sender of ours can have written. */
export function decode(body: Buffer): Envelope | undefined {
  try {
    const envelope = JSON.parse(body.toString('utf8')) as Envelope;
    return isCommand(envelope.command) && Number.isFinite(envelope.at) ? envelope : undefined;
  } catch {
    return undefined;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isUuid = (value: unknown): boolean => typeof value === 'string' && uuid.test(value);

/** Ids of another form have no place in a log, so nobody could be told of them. */
function isCommand(command: SendCommand): boolean {
  return (
    isUuid(command.id) &&
    isUuid(command.chatId) &&
    isUuid(command.senderId) &&
    isUuid(command.userId) &&
    typeof command.content === 'string' &&
    (command.replyToId === undefined || isUuid(command.replyToId)) &&
    (command.media?.fileIds ?? []).every(isUuid)
  );
}
