import { afterAll, beforeAll, expect, test } from 'vitest';
import { type S3Server, startS3Server } from '../../testing/s3.ts';
import { type BlobsStage, describeBlobs } from './blobs.suite.ts';
import { createS3Blobs } from './s3.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.stop());

const build = (more: object = {}) => createS3Blobs({ region: 'us-east-1', ttl: 900, ...server, ...more });

async function open(): Promise<BlobsStage> {
  let ahead = 0;
  const blobs = build({ now: () => Date.now() + ahead });
  return {
    blobs,
    fetch: (url, init) => fetch(url, init),
    wait: (milliseconds) => {
      ahead += milliseconds;
    },
    close: async () => blobs.close(),
  };
}

describeBlobs('a bucket', open);

test('a bucket that is not there says so', async () => {
  const blobs = build({ bucket: 'nothing' });
  await expect(blobs.check()).rejects.toThrow();
  await build().check();
});
