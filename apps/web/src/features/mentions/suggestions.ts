import type { Participant } from '@parley/contract';

/** What stands at the caret, if it may become a mention: from the `@` to the end of the name. */
export interface MentionQuery {
  start: number;
  end: number;
  /** Without the `@`; may be empty. */
  text: string;
}

const most = 8;
const before = /(?:^|[^\p{L}\p{N}_@/=&#%+~])@([\p{L}\p{N}_.-]{0,64})$/u;
const rest = /^[\w.-]*/;

export function queryAt(content: string, caret: number): MentionQuery | undefined {
  const text = before.exec(content.slice(0, caret))?.[1];
  if (text === undefined) return undefined;
  const [behind = ''] = rest.exec(content.slice(caret)) ?? [];
  return { start: caret - text.length - 1, end: caret + behind.length, text };
}

/** Of those who have such a name, whom one can mention: not oneself. */
export const suggestionsOf = (named: readonly Participant[], me: string): Participant[] =>
  named.filter(({ id, username }) => username !== undefined && id !== me).slice(0, most);
