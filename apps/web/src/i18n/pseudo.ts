import type { Messages } from './en.ts';

type Tree = { [key: string]: string | Tree };

const plain = 'aceilnorsuyzACEILNORSUYZ';
const marked = 'áçéíļñöřšüýžÁÇÉÍĻÑÖŘŠÜÝŽ';

const mark = (text: string): string => [...text].map((letter) => marked[plain.indexOf(letter)] ?? letter).join('');

/** Names in braces stay what they are. */
const markAround = (text: string): string =>
  text
    .split(/(\{[^}]*\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : mark(piece)))
    .join('');

/** Letters with marks, a third longer, in brackets: what is cut off, joined from pieces or not translated at all shows. */
const translated = (text: string): string =>
  text
    .split(' | ')
    .map((form) => `⟦${markAround(form)}${'~'.repeat(Math.ceil(form.length / 3))}⟧`)
    .join(' | ');

const all = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, typeof value === 'string' ? translated(value) : all(value)]),
  );

/** A language that nobody speaks, for looking at the app. */
export const pseudoOf = (messages: Messages): Messages => all(messages) as unknown as Messages;
