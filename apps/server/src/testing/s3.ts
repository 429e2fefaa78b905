import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** Where `npm run test:setup` puts it. */
const installed = '/opt/parley-tests/bin/moto_server';
const bucket = 'parley';
const startTimeoutMs = 60_000;

export interface S3Server {
  endpoint: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** A server that speaks S3: moto, from PyPI. */
function findProgram(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'moto_server'));
  return [installed, ...places].find((place) => existsSync(place));
}

export const hasS3Server = (): boolean => findProgram() !== undefined;

/** A private store in memory with one bucket: its own port, ended with the test. */
export async function startS3Server(): Promise<S3Server> {
  const program = findProgram();
  if (program === undefined) throw new Error('moto is not installed; npm run test:setup installs it');
  const port = await findFreePort();
  const child = spawn('/bin/sh', ['-c', untilInputEnds, 'sh', program, '-H', '127.0.0.1', '-p', String(port)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  await untilAnswers(child, endpoint);
  const client = new S3Client({ region: 'us-east-1', endpoint, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    endpoint,
    bucket,
    credentials,
    async stop() {
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
    },
  };
}

/** Ends its whole group when its input does, as it does when the process that tests is gone, however it went. */
const untilInputEnds = '"$@" < /dev/null & cat > /dev/null; kill -s KILL -- -$$';

async function untilAnswers(child: ChildProcess, endpoint: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const answers = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('moto did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
