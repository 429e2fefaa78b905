import type { Random } from './random.ts';
import { words } from './texts/words.ts';

/** One message of a talk: who of those who take part, what, and to which line of the talk it replies. */
export interface Line {
  speaker: number;
  content: string;
  replyTo?: number;
  /** What it said before it was edited. */
  before?: string;
}

const pattern = /^([a-d])(?:\^(\d+))?: (.*)$/s;

/** Reads a talk as it is written in `texts/`. The same word in braces stands for the same thing within a line only. */
export function readTalk(lines: readonly string[], random: Random): Line[] {
  return lines.map((text) => {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`Not a line of a talk: ${text}`);
    const [, speaker = 'a', replyTo, said = ''] = match;
    const [content = '', before] = fill(said, random).split(' << ');
    return {
      speaker: speaker.charCodeAt(0) - 'a'.charCodeAt(0),
      content,
      ...(replyTo === undefined ? {} : { replyTo: Number(replyTo) }),
      ...(before === undefined ? {} : { before }),
    };
  });
}

export const fill = (text: string, random: Random): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => random.pick(words[name] ?? [whole]));
