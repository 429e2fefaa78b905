import { join } from 'node:path';
import { createDiskBlobs, type DiskBlobs } from '../adapters/blobs/disk.ts';
import type { S3Blobs } from '../adapters/blobs/s3.ts';
import { createSigner } from '../adapters/blobs/signatures.ts';
import type { SigningKeys } from '../adapters/keys.ts';
import { createClamdScanner } from '../adapters/scanner/clamd.ts';
import type { Config } from '../config.ts';
import type { Blobs } from '../modules/files/blobs.ts';
import type { Scanner } from '../modules/files/scanner.ts';

type BlobConfig = Pick<
  Config,
  'dataDir' | 'presignTtl' | 's3Bucket' | 's3Region' | 's3AccessKey' | 's3SecretKey' | 's3Endpoint'
>;

/** Where files are: the bucket that the settings name, or a folder. */
export interface OpenBlobs {
  blobs: Blobs;
  /** Set if the api itself serves the addresses. */
  disk?: DiskBlobs;
  /** Resolves when the store can be used; waits for one that is not up yet, and names it. */
  ready(print: (line: string) => void): Promise<void>;
}

export async function openBlobs(config: BlobConfig, keys: Pick<SigningKeys, 'privateKey'>): Promise<OpenBlobs> {
  const ttl = config.presignTtl;
  if (config.s3Bucket !== undefined) {
    const bucket = await openBucket(config, config.s3Bucket);
    return { blobs: bucket, ready: (print) => untilUsable(bucket, print) };
  }
  const folder = join(config.dataDir, 'blobs');
  const disk = await createDiskBlobs({ folder, ttl, signer: createSigner(keys.privateKey) });
  return { blobs: disk, disk, ready: async () => {} };
}

/** Its client is loaded only then: it costs a start 150 ms. */
async function openBucket(config: BlobConfig, bucket: string): Promise<S3Blobs> {
  const { createS3Blobs } = await import('../adapters/blobs/s3.ts');
  const { s3AccessKey, s3SecretKey } = config;
  const hasKeys = s3AccessKey !== undefined && s3SecretKey !== undefined;
  return createS3Blobs({
    bucket,
    region: config.s3Region,
    endpoint: config.s3Endpoint,
    ttl: config.presignTtl,
    credentials: hasKeys ? { accessKeyId: s3AccessKey, secretAccessKey: s3SecretKey } : undefined,
  });
}

/** What will not come right by waiting ends the start. */
const forGood: Readonly<Record<number, string>> = {
  301: 'is in another region (AWS_REGION)',
  403: 'may not be used with these keys (AWS_ACCESS_KEY, AWS_SECRET_KEY)',
  404: 'is not there (AWS_S3_BUCKET)',
};

async function untilUsable(bucket: S3Blobs, print: (line: string) => void): Promise<void> {
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await bucket.check();
    } catch (error) {
      const { $metadata, code, message } = error as Error & { $metadata?: { httpStatusCode?: number }; code?: string };
      const reason = forGood[$metadata?.httpStatusCode ?? 0];
      if (reason !== undefined) throw new UnusableBucket(`The ${bucket.name} ${reason}.`);
      print(`waiting for the ${bucket.name} (${code ?? message})`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** The message says which setting is wrong. */
export class UnusableBucket extends Error {}

export function openScanner({
  clamavHost,
  clamavPort,
}: Pick<Config, 'clamavHost' | 'clamavPort'>): Scanner | undefined {
  return clamavHost === undefined ? undefined : createClamdScanner({ host: clamavHost, port: clamavPort });
}
