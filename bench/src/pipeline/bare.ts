/** What both halves of the bare pipe agree on: the same bounds as Parley's. */
export const partitions = 8;
export const most = 256;
export const exchange = 'bare.events';
export const liveChannel = 'bare.live';
export const queueOf = (partition: number): string => `bare.send.${partition}`;

export interface BareMessage {
  id: string;
  chatId: string;
  clientMessageId: string;
  content: string;
  sentAt: string;
}

export interface BareArgs {
  databaseUrl: string;
  brokerUrl: string;
  redisUrl: string;
}
