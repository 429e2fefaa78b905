import { PassThrough, type Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@parley/contract';
import type { FastifyRequest } from 'fastify';
import { wrongType } from './problems.ts';

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
 * The one file in this field of a form (RFC 7578), handed on as it arrives; other fields are ignored. Its stream ends with
 * the form, and fails if the request ends before that or another file comes. Throws `validation_error` for what is no form or has no such file.
 */
export async function readFormFile<T>(
  request: FastifyRequest,
  field: string,
  use: (file: FormFile) => Promise<T>,
): Promise<T> {
  if (!isForm(request)) throw wrongType('multipart/form-data');
  const { raw } = request;
  const form = parse(request, field);
  try {
    return await use(await form.file);
  } catch (error) {
    throw form.failure() ?? error;
  } finally {
    raw.unpipe();
    // What is left of a refused body is swallowed, so that the answer is heard.
    raw.resume();
  }
}

function parse(
  { raw, headers }: FastifyRequest,
  field: string,
): { file: Promise<FormFile>; failure(): AppError | undefined } {
  const { promise, resolve, reject } = Promise.withResolvers<FormFile>();
  let handed: PassThrough | undefined;
  let failure: AppError | undefined;
  const fail = (reason: string): void => {
    failure ??= new AppError('validation_error', { errors: [{ path: `/${field}`, message: reason }] });
    handed?.destroy(failure);
    reject(failure);
  };
  const parser = open(headers, fail);
  parser?.on('file', (name: string, bytes: Readable, fileName: string, _encoding: string, mimeType: string) => {
    if (name !== field || handed !== undefined) return void bytes.resume();
    handed = new PassThrough();
    bytes.on('error', () => fail('ends before its end'));
    bytes.pipe(handed, { end: false });
    // Whoever takes it may stop half-way.
    handed.on('error', () => bytes.unpipe());
    handed.on('close', () => bytes.resume());
    resolve({ name: (fileName ?? '').replaceAll('%22', '"'), mimeType: mimeType ?? '', bytes: handed });
  });
  parser?.on('filesLimit', () => fail('must be one file'));
  parser?.on('error', () => fail('is not a form'));
  parser?.on('finish', () => (handed === undefined ? fail('is missing') : handed.end()));
  raw.on('close', () => raw.complete || fail('ends before its end'));
  if (parser !== undefined) raw.pipe(parser);
  return { file: promise, failure: () => failure };
}

function open(headers: FastifyRequest['headers'], fail: (reason: string) => void): BusboyInstance | undefined {
  try {
    return new Busboy({ headers: { 'content-type': headers['content-type'] ?? '' }, limits });
  } catch {
    fail('is not a form');
    return undefined;
  }
}
