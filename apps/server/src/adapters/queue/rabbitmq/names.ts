/** What things are called at the broker. */
export interface Names {
  exchange: string;
  deadLetterExchange: string;
  deadLetterQueue: string;
  queuePrefix: string;
}

/**
 * Routing keys of the exchange. A chat always has the same one; its binding says which queue that is now, so who sends need not
 * know how many queues there are.
 */
export const slots = 256;

/** FNV-1a over the text of the id: cheap and even enough to spread chats. */
export function slotOf(chatId: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < chatId.length; index += 1) hash = Math.imul(hash ^ chatId.charCodeAt(index), 0x01000193);
  return String((hash >>> 0) % slots);
}

export const partitionOfSlot = (slot: number, partitionCount: number): number => slot % partitionCount;

/** The first generation has plain names. */
export function queueName(names: Names, generation: number, partition: number): string {
  return generation === 1 ? `${names.queuePrefix}.${partition}` : `${names.queuePrefix}.g${generation}.${partition}`;
}
