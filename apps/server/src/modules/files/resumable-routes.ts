import { AppError } from '@parley/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HandlersOf, noContent } from '../../http/handler.ts';
import { wrongType } from '../../http/problems.ts';
import type { Progress, Resumable } from './resumable.ts';

type UploadRouteName = 'uploads.create' | 'uploads.offset' | 'uploads.append' | 'uploads.cancel';

interface Options {
  uploads: Resumable;
  maxBytes: number;
}

const version = '1.0.0';
const partType = 'application/offset+octet-stream';

const wrong = (header: string, message: string): AppError =>
  new AppError('validation_error', { errors: [{ path: `/${header}`, message }] });

/** The tus protocol, version 1.0.0: core, creation, expiration, termination (tus.io/protocols/resumable-upload). */
export function resumableRoutes({ uploads, maxBytes }: Options): HandlersOf<UploadRouteName> {
  function greet(request: FastifyRequest, reply: FastifyReply): void {
    reply
      .header('tus-resumable', version)
      .header('tus-version', version)
      .header('tus-extension', 'creation,expiration,termination')
      .header('tus-max-size', maxBytes);
    if (request.headers['tus-resumable'] !== version) throw new AppError('tus_version');
  }

  const say = (reply: FastifyReply, { offset, expiresAt }: Progress): void =>
    void reply.header('upload-offset', offset).header('upload-expires', expiresAt.toUTCString());

  return {
    'uploads.create': async ({ viewer, raw, rawReply }) => {
      greet(raw, rawReply);
      const said = readMetadata(raw.headers['upload-metadata']);
      const made = await uploads.create(viewer.userId, { ...said, size: readNumber(raw, 'upload-length') });
      say(rawReply, made);
      rawReply.header('location', `/v1/files/resumable/${made.id}`);
      return { status: 201, body: undefined };
    },
    'uploads.offset': async ({ viewer, params, raw, rawReply }) => {
      greet(raw, rawReply);
      const progress = await uploads.progress(viewer.userId, params.uploadId);
      say(rawReply, progress);
      rawReply.header('upload-length', progress.size);
      return { status: 200, body: undefined };
    },
    'uploads.append': async ({ viewer, params, raw, rawReply }) => {
      greet(raw, rawReply);
      if (raw.headers['content-type'] !== partType) throw wrongType(partType);
      say(rawReply, await uploads.append(viewer.userId, params.uploadId, readNumber(raw, 'upload-offset'), raw.raw));
      return noContent();
    },
    'uploads.cancel': async ({ viewer, params, raw, rawReply }) => {
      greet(raw, rawReply);
      await uploads.cancel(viewer.userId, params.uploadId);
      return noContent();
    },
  };
}

function readNumber(request: FastifyRequest, header: string): number {
  const text = request.headers[header]?.toString() ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrong(header, 'must be a whole number');
}

/** `key base64, key base64`: the names that the clients of the protocol use. */
function readMetadata(header: string | string[] | undefined): { name: string; mimeType: string } {
  const pairs = new Map<string, string>();
  for (const pair of (header?.toString() ?? '').split(',')) {
    const [key = '', value = ''] = pair.trim().split(' ');
    if (!/^[A-Za-z0-9+/=_-]*$/.test(value)) throw wrong('upload-metadata', 'must be pairs of a key and base64');
    pairs.set(key, Buffer.from(value, 'base64').toString().replaceAll('\u0000', ''));
  }
  const name = pairs.get('filename') ?? pairs.get('name') ?? 'file';
  return { name, mimeType: (pairs.get('filetype') ?? pairs.get('type') ?? '').slice(0, 127) };
}
