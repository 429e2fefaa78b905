/** How many different names of one message are looked up. */
export const maxMentions = 20;
/** How many unread mentions of one chat are told. */
export const maxUnreadMentions = 100;

/** A name in a text: `content.slice(start, end)` is it with its `@`. */
export interface NamedPerson {
  /** As written, without the `@`. */
  name: string;
  start: number;
  end: number;
}

/**
 * An `@` that begins a word, and all that may belong to a name. In scripts that put no spaces between words, and before what Korean
 * appends to them, a name may touch its neighbours. Not: an e-mail address, an address of the web, `@name@elsewhere`.
 */
const named =
  /(?<![\w@/=&#%+~]|(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}])[\p{L}\p{N}])@([a-z\d][\w.-]*)(?![\w.@-]|(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}])[\p{L}\p{N}])/giu;

const minLength = 3;
const maxLength = 32;

/** The names in a text as they stand there, whoever they are. What ends a sentence does not belong to the name before it. */
export function namesIn(content: string): NamedPerson[] {
  if (!content.includes('@')) return [];
  return [...content.matchAll(named)].flatMap(({ 1: found = '', index }) => {
    const name = found.replace(/[_.-]+$/, '');
    const isName = name.length >= minLength && name.length <= maxLength;
    return isName ? [{ name, start: index, end: index + 1 + name.length }] : [];
  });
}

/** Whether upper or lower case: the same name. */
export const nameKey = (name: string): string => name.toLowerCase();

/** The different names in a text, in their order: as many as are looked up. */
export const differentNames = (content: string): string[] =>
  [...new Set(namesIn(content).map(({ name }) => nameKey(name)))].slice(0, maxMentions);
