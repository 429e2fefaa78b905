import type { Readable } from 'node:stream';
import { AppError } from '@parley/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DiskBlobs } from '../adapters/blobs/disk.ts';
import type { Handing } from '../modules/files/blobs.ts';
import type { Scratch } from '../modules/files/scratch.ts';
import { dispositionOf } from './disposition.ts';
import { wrongType } from './problems.ts';

interface Options {
  blobs: DiskBlobs;
  scratch: Pick<Scratch, 'receive' | 'drop'>;
  /** How long a browser may keep what it was given, in seconds. */
  ttl: number;
}

type Asked = FastifyRequest<{ Params: { '*': string }; Querystring: Record<string, string> }>;

/** What comes from others is never a page of ours: nothing runs in it, nothing frames it. */
const policy =
  "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Serves the signed addresses of the store on disk. Whoever has one may use it: it says who asked, for what, until when. */
export function serveBlobs(server: FastifyInstance, { blobs, scratch, ttl }: Options): void {
  server.register(async (routes) => {
    routes.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    for (const parsed of ['application/json', 'text/plain']) {
      routes.removeContentTypeParser(parsed);
      routes.addContentTypeParser(parsed, (_request, _payload, done) => done(null, undefined));
    }

    routes.get('/v1/blobs/*', async (request: Asked, reply) => {
      const key = request.params['*'];
      const handing = blobs.readDownload(key, request.query);
      if (handing === undefined) throw new AppError('gone');
      return send(request, reply, key, handing);
    });

    routes.put('/v1/blobs/*', { config: { isUpload: true } }, async (request: Asked, reply) => {
      const key = request.params['*'];
      const object = blobs.readUpload(key, request.query);
      if (object === undefined) throw new AppError('gone');
      if (request.headers['content-type'] !== object.mimeType) throw wrongType(object.mimeType);
      await receive(key, request.raw, object);
      return reply.code(200).header('content-length', 0).send();
    });
  });

  async function receive(key: string, bytes: Readable, object: { mimeType: string; size: number }): Promise<void> {
    const received = await scratch.receive(bytes, object.size);
    try {
      if (received.end === 'too_large') throw new AppError('file_too_large', { max: object.size });
      if (received.end === 'broken' || received.size !== object.size) throw new AppError('upload_incomplete');
      await blobs.put(key, received.path, object.mimeType);
    } finally {
      await scratch.drop(received.path);
    }
  }

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    handing: Handing,
  ): Promise<FastifyReply> {
    const size = await blobs.size(key);
    if (size === undefined) throw new AppError('gone');
    const range = rangeOf(request.headers.range, size);
    reply
      .header('content-security-policy', policy)
      .header('content-disposition', dispositionOf(handing))
      .header('accept-ranges', 'bytes')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', `private, max-age=${ttl}, immutable`)
      .type(handing.mimeType);
    if (range === 'unsatisfiable') {
      return reply.code(416).header('content-range', `bytes */${size}`).header('content-length', 0).send();
    }
    const { first, last } = range ?? { first: 0, last: size - 1 };
    if (range !== undefined) reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`);
    reply.header('content-length', last - first + 1);
    if (request.method === 'HEAD') return reply.send();
    return reply.send(await blobs.open(key, range));
  }
}

/** One range (RFC 9110, section 14); several at once are answered with everything. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { first: number; last: number } | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first > last || first >= size ? 'unsatisfiable' : { first, last };
}
