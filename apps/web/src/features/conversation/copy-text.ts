import type { Message } from '@parley/contract';

/** One message as it is; of several, each with who said it, one name for what belongs together. */
export function copyText(messages: readonly Message[], nameOf: (message: Message) => string): string {
  const [first] = messages;
  if (messages.length <= 1) return first?.content ?? '';
  const parts: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (messages[index - 1]?.senderId !== message.senderId) parts.push(`${index === 0 ? '' : '\n'}${nameOf(message)}:`);
    parts.push(message.content);
  }
  return parts.join('\n');
}
