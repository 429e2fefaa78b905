import type { ChildProcess } from 'node:child_process';

export interface Output {
  text(): string;
  /** The first group of the expression, once it is printed. */
  line(expression: RegExp): Promise<string>;
}

/** What a program prints, both streams together. */
export function createOutput(child: ChildProcess): Output {
  const listeners = new Set<() => void>();
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  return {
    text: () => text,
    line: (expression) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = expression.exec(text)?.[1];
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
  };
}
