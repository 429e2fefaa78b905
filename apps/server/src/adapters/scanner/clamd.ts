import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Scanner, Verdict } from '../../modules/files/scanner.ts';

interface Options {
  host: string;
  port: number;
  /** How long clamd may be silent, in ms. */
  patienceMs?: number;
}

const chunkBytes = 256 * 1024;

/** Scans by clamd's INSTREAM: chunks, each with its length before it, and a length of nothing at the end (clamd(8)). */
export function createClamdScanner({ host, port, patienceMs = 120_000 }: Options): Scanner {
  return {
    name: `clamd at ${host}:${port}`,
    async scan(file) {
      const socket = connect({ host, port });
      socket.setTimeout(patienceMs, () => socket.destroy(new Error('clamd does not answer')));
      const answer = readAnswer(socket);
      // Told by whoever waits for the answer.
      answer.catch(() => undefined);
      try {
        await send(socket, file);
        return toVerdict(await answer);
      } finally {
        socket.destroy();
      }
    },
  };
}

async function send(socket: Socket, file: string): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // One that has said why and hung up takes nothing more, and no `drain` comes.
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (socket.writable && !socket.write(bytes)) await Promise.race([once(socket, 'drain'), closed]);
  };
  try {
    await once(socket, 'connect');
    await write(Buffer.from('zINSTREAM\0'));
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(chunk.length);
      await write(length);
      await write(chunk);
    }
    await write(Buffer.alloc(4));
  } catch (error) {
    // It may have said why before it hung up: then that is the answer.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE' && (error as NodeJS.ErrnoException).code !== 'ECONNRESET')
      throw error;
  }
}

/** Up to the end of the connection, or the first zero byte. */
function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (): void => (text === '' ? reject(new Error('clamd said nothing')) : resolve(text));
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8');
      if (text.includes('\0')) finish();
    });
    socket.on('end', finish);
    socket.on('error', (error) => (text === '' ? reject(error) : finish()));
    socket.on('close', finish);
  });
}

/** `stream: OK`, `stream: <name> FOUND`; everything else says that it could not look. */
function toVerdict(answer: string): Verdict {
  const said = answer.replaceAll('\0', '').trim();
  const found = /^stream: (.+) FOUND$/.exec(said)?.[1];
  if (found !== undefined) return { kind: 'infected', name: found };
  if (said === 'stream: OK') return { kind: 'clean' };
  if (/size limit exceeded/i.test(said)) return { kind: 'unscannable', reason: 'it is larger than StreamMaxLength' };
  throw new Error(`clamd could not scan: ${said}`);
}
