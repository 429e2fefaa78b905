import { AppError } from '@parley/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Blobs } from '../modules/files/blobs.ts';
import type { StickerImage } from '../modules/stickers/set.ts';

interface Options {
  blobs: Pick<Blobs, 'open' | 'size'>;
  stickers: ReadonlyMap<string, StickerImage>;
}

const forGood = 'public, max-age=31536000, immutable';
const policy = "sandbox; default-src 'none'; frame-ancestors 'none'";
const avatarName = /^[0-9a-f-]{36}\.webp$/;
const id = /^[0-9a-f-]{36}$/;

/**
 * Pictures at addresses that never change: of people and chats, under a random name that nobody can guess, and the stickers.
 * A new picture has a new address, so browsers and caches between may keep them for good.
 */
export function servePictures(server: FastifyInstance, { blobs, stickers }: Options): void {
  for (const prefix of ['/v1', '']) {
    server.get<{ Params: { owner: string; name: string } }>(
      `${prefix}/avatars/:owner/:name`,
      async (request, reply) => {
        const { owner, name } = request.params;
        const key = `avatars/${owner}/${name}`;
        const size = id.test(owner) && avatarName.test(name) ? await blobs.size(key) : undefined;
        if (size === undefined) throw new AppError('not_found');
        picture(reply, size);
        return reply.send(request.method === 'HEAD' ? undefined : await blobs.open(key));
      },
    );
    server.get<{ Params: { name: string } }>(`${prefix}/stickers/:name`, async (request, reply) => {
      const found = stickers.get(request.params.name);
      if (found === undefined) throw new AppError('not_found');
      picture(reply, found.bytes.length);
      return reply.send(found.bytes);
    });
  }
}

function picture(reply: FastifyReply, size: number): void {
  reply
    .type('image/webp')
    .header('content-length', size)
    .header('cache-control', forGood)
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('content-security-policy', policy);
}
