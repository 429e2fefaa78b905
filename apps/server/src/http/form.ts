import { PassThrough, type Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@parley/contract';
import type { FastifyRequest } from 'fastify';

/** A file on its way in a form. */
export interface FormFile {
  name: string;
  /** As claimed. */
  mimeType: string;
  bytes: Readable;
}

export const isForm = (request: FastifyRequest): boolean =>
  /^multipart\/form-data(;|$)/i.test(request.headers['content-type'] ?? '');

const limits = { files: 1, fields: 20, fieldSize: 1_000, parts: 21, headerPairs: 20, headerSize: 4_096 };

/**
 * The one file in this field of a form (RFC 7578), handed on as it arrives; the rest of the form is ignored. Its stream
 * fails if the request ends before the form does. Throws `validation_error` for what is no form or has no such file.
 */
export async function readFormFile<T>(
  request: FastifyRequest,
  field: string,
  use: (file: FormFile) => Promise<T>,
): Promise<T> {
  if (!isForm(request)) throw new AppError('unsupported_media_type');
  const { raw } = request;
  const form = parse(request, field);
  try {
    return await use(await form.file);
  } finally {
    raw.unpipe();
    // What is left of a refused body is swallowed, so that the answer is heard.
    raw.resume();
  }
}

function parse({ raw, headers }: FastifyRequest, field: string): { file: Promise<FormFile> } {
  const { promise, resolve, reject } = Promise.withResolvers<FormFile>();
  let handed: PassThrough | undefined;
  const fail = (reason: string): void => {
    const error = new AppError('validation_error', { errors: [{ path: `/${field}`, message: reason }] });
    handed?.destroy(error);
    reject(error);
  };
  const parser = open(headers, fail);
  parser?.on('file', (name: string, bytes: Readable, fileName: string, _encoding: string, mimeType: string) => {
    if (name !== field || handed !== undefined) return void bytes.resume();
    handed = new PassThrough();
    bytes.on('error', () => fail('ends before its end'));
    bytes.pipe(handed);
    // Whoever takes it may stop half-way.
    handed.on('error', () => bytes.unpipe());
    handed.on('close', () => bytes.resume());
    resolve({ name: (fileName ?? '').replaceAll('%22', '"'), mimeType: mimeType ?? '', bytes: handed });
  });
  parser?.on('filesLimit', () => fail('must be one file'));
  parser?.on('error', () => fail('is not a form'));
  parser?.on('finish', () =>
    reject(new AppError('validation_error', { errors: [{ path: `/${field}`, message: 'is missing' }] })),
  );
  raw.on('close', () => raw.complete || fail('ends before its end'));
  if (parser !== undefined) raw.pipe(parser);
  return { file: promise };
}

function open(headers: FastifyRequest['headers'], fail: (reason: string) => void): BusboyInstance | undefined {
  try {
    return new Busboy({ headers: { 'content-type': headers['content-type'] ?? '' }, limits });
  } catch {
    fail('is not a form');
    return undefined;
  }
}
