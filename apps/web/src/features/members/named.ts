import type { Participant } from '@parley/contract';

/** Members whose username, or a word of whose name, begins with the text; those by username first. As the server finds them. */
export function membersNamed(people: Iterable<Participant>, text: string): Participant[] {
  const wanted = text.toLocaleLowerCase();
  const rank = ({ username = '', displayName }: Participant): number => {
    if (username.toLowerCase().startsWith(wanted)) return 0;
    return ` ${displayName.toLocaleLowerCase()}`.includes(` ${wanted}`) ? 1 : 2;
  };
  return [...people]
    .filter(({ isMember }) => isMember)
    .map((person) => ({ person, rank: rank(person) }))
    .filter((found) => found.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.person.displayName.localeCompare(b.person.displayName))
    .map(({ person }) => person);
}

/** A name as it is searched for. */
export const bareName = (text: string): string => text.trim().replace(/^@/, '');
