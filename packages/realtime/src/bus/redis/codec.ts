import type { HubEvent } from '../../types.ts';

/** What others publish on the ingress channel. */
export interface IngressMessage {
  topic: string;
  data: object;
}

const maxIngressBytes = 64 * 1024;
const maxTopicLength = 256;

/**
 * Events as JSON, for other services read these channels too. The sender stands first, so that an instance knows its
 * own by comparing a few bytes.
 */
export function createCodec(instanceId: string) {
  const start = `{"from":${JSON.stringify(instanceId)},`;
  const startBytes = Buffer.from(start);
  return {
    encode: (event: HubEvent): string => start + JSON.stringify(event).slice(1),
    isOwn: (message: Buffer): boolean => message.subarray(0, startBytes.length).equals(startBytes),
  };
}

/** Undefined for what is not an event. */
export function decodeEvent(message: Buffer): HubEvent | undefined {
  const parsed = parseObject(message);
  if (parsed === undefined) return undefined;
  const { from: _, ...event } = parsed;
  return isEvent(event) ? (event as unknown as HubEvent) : undefined;
}

/** Undefined for what is malformed or too large. */
export function decodeIngress(message: Buffer): IngressMessage | undefined {
  if (message.length > maxIngressBytes) return undefined;
  const { topic, data } = parseObject(message) ?? {};
  if (typeof topic !== 'string' || topic === '' || topic.length > maxTopicLength || !isObject(data)) return undefined;
  return { topic, data };
}

function parseObject(message: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(message.toString());
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Whoever may publish here may publish anything; the caller counts it.
    return undefined;
  }
}

function isEvent({ topic, name, data, epoch, offset }: Record<string, unknown>): boolean {
  const hasPlace = offset === undefined || (Number.isSafeInteger(offset) && typeof epoch === 'string');
  return typeof topic === 'string' && typeof name === 'string' && isObject(data) && hasPlace;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
