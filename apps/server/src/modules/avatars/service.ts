import { AppError, type Chat, type Me } from '@parley/contract';
import { v4 as uuidv4 } from 'uuid';
import type { Trx } from '../../db/schema.ts';
import type { Chats } from '../chats/service.ts';
import { isPicture, kindOf } from '../files/kinds.ts';
import type { Objects } from '../files/objects.ts';
import { drawAvatar } from '../files/pictures.ts';
import type { Scanner } from '../files/scanner.ts';
import type { Received, Scratch } from '../files/scratch.ts';
import { type Files, type Incoming, refuseReceived } from '../files/service.ts';
import { createSlots } from '../files/slots.ts';
import type { Users } from '../users/service.ts';

interface Options {
  files: Pick<Files, 'fetchOwn' | 'settings'>;
  objects: Objects;
  scratch: Scratch;
  scanner: Scanner | undefined;
  users: Pick<Users, 'setAvatar'>;
  chats: Pick<Chats, 'setAvatar' | 'requireChanging'>;
}

/** A picture in the request, or one that was uploaded before. */
export type Choice = Incoming | { fileId: string };

export type Avatars = ReturnType<typeof createAvatars>;

const maxBytes = 20 * 1024 * 1024;
const hands = 2;

const keyOf = (avatarUrl: string): string => avatarUrl.slice(1);

/**
 * Pictures of people and chats: a square of what was given, drawn anew, under an address of its own that never changes and
 * that nobody can guess.
 */
export function createAvatars({ files, objects, scratch, scanner, users, chats }: Options) {
  const slots = createSlots(hands);

  function receive(userId: string, choice: Choice): Promise<Received> {
    if ('fileId' in choice) return files.fetchOwn(userId, choice.fileId);
    return scratch.receive(choice.bytes, Math.min(maxBytes, files.settings.maxBytes));
  }

  /** A scanner that is away lets nothing through. */
  const scan = (path: string) =>
    scanner?.scan(path).catch((cause) => {
      throw new AppError('unavailable', undefined, { retryAfter: 30, cause });
    });

  /** The address of the square, which is in the store. */
  async function draw(owner: string, userId: string, choice: Choice): Promise<string> {
    const received = await receive(userId, choice);
    const square = await scratch.fresh();
    try {
      refuseReceived(received, maxBytes);
      if (!isPicture(kindOf(received.head, ''))) throw new AppError('not_an_image');
      const verdict = await scan(received.path);
      if (verdict !== undefined && verdict.kind !== 'clean') throw new AppError('file_rejected');
      await slots
        .run(() => drawAvatar(received.path, square))
        .catch((cause) => {
          throw new AppError('not_an_image', undefined, { cause });
        });
      const avatarUrl = `/avatars/${owner}/${uuidv4()}.webp`;
      await objects.put(keyOf(avatarUrl), square, 'image/webp');
      return avatarUrl;
    } finally {
      await scratch.drop(received.path, square);
    }
  }

  /** What the change of the address does to the objects. */
  const exchange =
    (after: string | null) =>
    async (trx: Trx, before: string | null): Promise<void> => {
      if (after !== null) await objects.use(trx, keyOf(after));
      if (before !== null) await objects.letGo(trx, keyOf(before));
    };

  return {
    async setMine(userId: string, choice: Choice): Promise<Me> {
      const avatarUrl = await draw(userId, userId, choice);
      return users.setAvatar(userId, avatarUrl, exchange(avatarUrl));
    },
    removeMine: (userId: string): Promise<Me> => users.setAvatar(userId, null, exchange(null)),

    async setOfChat(userId: string, chatId: string, choice: Choice): Promise<Chat> {
      const avatarUrl = await draw(chatId, userId, choice);
      return chats.setAvatar(userId, chatId, avatarUrl, exchange(avatarUrl));
    },
    removeOfChat: (userId: string, chatId: string): Promise<Chat> =>
      chats.setAvatar(userId, chatId, null, exchange(null)),
    requireChanging: chats.requireChanging,
  };
}
