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

/** Members whose username, or a word of whose name, begins with the text; those by username first. */
export function suggestionsOf(people: Iterable<Participant>, text: string, me: string): Participant[] {
  const wanted = text.toLocaleLowerCase();
  const rank = ({ username = '', displayName }: Participant): number => {
    if (username.toLowerCase().startsWith(wanted)) return 0;
    return ` ${displayName.toLocaleLowerCase()}`.includes(` ${wanted}`) ? 1 : 2;
  };
  return [...people]
    .filter(({ id, isMember, username }) => isMember && username !== undefined && id !== me)
    .map((person) => ({ person, rank: rank(person) }))
    .filter((found) => found.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.person.displayName.localeCompare(b.person.displayName))
    .slice(0, most)
    .map(({ person }) => person);
}
