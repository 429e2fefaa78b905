import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { dispositionOf } from '../../http/disposition.ts';
import type { Blobs } from '../../modules/files/blobs.ts';
import { signingWindow } from './window.ts';

interface Options {
  bucket: string;
  region: string;
  endpoint?: string | undefined;
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** Seconds that an address lives. */
  ttl: number;
  now?: () => number;
}

export type S3Blobs = Blobs & {
  /** Throws what the store says when the bucket cannot be used. */
  check(): Promise<void>;
  close(): void;
};

/** Objects of a bucket; bytes go between browsers and the store by presigned addresses. */
export function createS3Blobs({ bucket, region, endpoint, credentials, ttl, now = Date.now }: Options): S3Blobs {
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    // Stores that are not AWS do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  const origin = endpoint === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : new URL(endpoint).origin;

  return {
    name: `S3 bucket ${bucket}${endpoint === undefined ? '' : ` at ${origin}`}`,
    identity: `S3 ${endpoint === undefined ? 'AWS' : origin} ${bucket}`,
    origins: [origin],
    check: async () => void (await client.send(new HeadBucketCommand({ Bucket: bucket }))),
    close: () => client.destroy(),

    async put(key, file, mimeType) {
      const { size } = await stat(file);
      const object = { ...at(key), Body: createReadStream(file), ContentLength: size, ContentType: mimeType };
      await client.send(new PutObjectCommand(object));
    },

    async open(key, range) {
      const bytes = range === undefined ? {} : { Range: `bytes=${range.first}-${range.last}` };
      const answer = await client.send(new GetObjectCommand({ ...at(key), ...bytes })).catch(whenMissing);
      return answer?.Body as Readable | undefined;
    },

    async size(key) {
      const answer = await client.send(new HeadObjectCommand(at(key))).catch(whenMissing);
      return answer?.ContentLength;
    },

    async remove(keys) {
      if (keys.length === 0) return;
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true } }),
      );
      if (Errors[0] !== undefined) throw new Error(`${Errors[0].Key} could not be removed: ${Errors[0].Message}`);
    },

    downloadUrl(key, handing) {
      const { signedAt } = signingWindow(ttl, now());
      const command = new GetObjectCommand({
        ...at(key),
        ResponseContentType: handing.mimeType,
        ResponseContentDisposition: dispositionOf(handing),
        ResponseCacheControl: `private, max-age=${ttl}, immutable`,
      });
      return getSignedUrl(client, command, { expiresIn: ttl, signingDate: signedAt });
    },

    async uploadUrl(key, { mimeType, size }) {
      const signedAt = new Date(now());
      const command = new PutObjectCommand({ ...at(key), ContentType: mimeType, ContentLength: size });
      const url = await getSignedUrl(client, command, {
        expiresIn: ttl,
        signingDate: signedAt,
        signableHeaders: new Set(['content-type', 'content-length', 'host']),
      });
      return { url, headers: { 'content-type': mimeType }, expiresAt: new Date(signedAt.getTime() + ttl * 1_000) };
    },
  };
}

function whenMissing(error: { name?: string; $metadata?: { httpStatusCode?: number } }): undefined {
  if (error.name === 'NoSuchKey' || error.name === 'NotFound' || error.$metadata?.httpStatusCode === 404)
    return undefined;
  throw error;
}
