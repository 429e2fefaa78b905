import { parsePositions } from '../../positions.ts';
import type { Position, Refusal } from '../../types.ts';

/** Topics in one frame; more than a connection may have are refused one by one. */
const MAX_TOPICS_A_FRAME = 200;
const MAX_TOPIC_LENGTH = 256;
const MAX_NONCE_LENGTH = 200;

export type ResponseError = 'ERR_BADMESSAGE' | 'ERR_BADAUTH' | 'ERR_SERVER' | 'ERR_BADTOPIC';

/** A decoded frame: an object with a type. What else there is depends on the type. */
export interface ClientFrame {
  type: string;
  nonce: string;
  data: Readonly<Record<string, unknown>>;
}

export interface ListenData {
  topics: readonly string[];
  token: string;
  since: ReadonlyMap<string, Position>;
}

export interface PublishData {
  topic: string;
  message: string;
  token: string;
}

/** What a RESPONSE says besides Twitch's fields. Left out when there is nothing to say. */
export interface ResponseData {
  /** Each topic of the request with its error, empty for those that went well. Only when one did not. */
  topics?: Record<string, ResponseError | ''>;
  /** Where each narrowed topic stands: for `since` after a break. */
  positions?: Record<string, Position>;
  /** Topics whose `since` says nothing any more: load afresh. */
  resync?: string[];
  /** Why, in the words of the other doors. */
  code?: string;
  message?: string;
  retryAfter?: number;
}

export function decodeFrame(bytes: Buffer): ClientFrame | undefined {
  const parsed = parseObject(bytes.toString());
  if (parsed === undefined || typeof parsed.type !== 'string') return undefined;
  const { type, nonce = '', data } = parsed;
  if (typeof nonce !== 'string' || nonce.length > MAX_NONCE_LENGTH) return undefined;
  return { type, nonce, data: isObject(data) ? data : {} };
}

/** `since` goes by PubSub topic. */
export function parseListen({ data }: ClientFrame): ListenData | undefined {
  const topics = parseTopics(data.topics);
  const since = data.since === undefined ? new Map<string, Position>() : parsePositions(data.since);
  if (topics === undefined || since === undefined) return undefined;
  return { topics, since, token: typeof data.auth_token === 'string' ? data.auth_token : '' };
}

export function parseTopics(input: unknown): string[] | undefined {
  if (!Array.isArray(input) || input.length === 0 || input.length > MAX_TOPICS_A_FRAME) return undefined;
  return input.every(isTopic) ? Array.from(new Set(input)) : undefined;
}

/** A message that is text goes as it is; anything else goes as its JSON. */
export function parsePublish({ data }: ClientFrame): PublishData | undefined {
  const { topic, message, auth_token: token } = data;
  if (!isTopic(topic) || message === undefined) return undefined;
  return {
    topic,
    message: typeof message === 'string' ? message : JSON.stringify(message),
    token: typeof token === 'string' ? token : '',
  };
}

export function response(nonce: string, error: ResponseError | '', data: ResponseData = {}): object {
  const hasData = Object.keys(data).length > 0;
  return { type: 'RESPONSE', error, nonce, ...(hasData ? { data } : {}) };
}

const aboutTheToken = new Set(['unauthorized', 'invalid_token', 'session_ended', 'forbidden']);

/** A client gives up after ERR_BADAUTH: everything that may pass is ERR_SERVER. */
export function errorOf({ code }: Refusal): ResponseError {
  return aboutTheToken.has(code) ? 'ERR_BADAUTH' : 'ERR_SERVER';
}

export function reasonOf({ code, message, retryAfter }: Refusal): ResponseData {
  return { code, message, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function isTopic(input: unknown): input is string {
  return typeof input === 'string' && input !== '' && input.length <= MAX_TOPIC_LENGTH;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Told to the sender as ERR_BADMESSAGE.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
