import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** Where `npm run test:setup` puts it. */
const installed = '/opt/parley-tests/bin/rclone';
const bucket = 'parley';
const startTimeoutMs = 60_000;

export interface S3Server {
  endpoint: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** A server that speaks S3 and checks signatures: rclone, from PyPI. Before 1.65 it did not. */
function findProgram(): string | undefined {
  if (existsSync(installed)) return installed;
  const help = spawnSync('rclone', ['serve', 's3', '--help'], { encoding: 'utf8' });
  return help.stdout?.includes('--auth-key') ? 'rclone' : undefined;
}

export const hasS3Server = (): boolean => findProgram() !== undefined;

/** A private store in memory with one bucket: its own port, ended with the test. */
export async function startS3Server(): Promise<S3Server> {
  const program = findProgram();
  if (program === undefined) throw new Error('rclone is not installed; npm run test:setup installs it');
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'of tests only' };
  const auth = `${credentials.accessKeyId},${credentials.secretAccessKey}`;
  const serve = ['serve', 's3', ':memory:', '--config', '', '--auth-key', auth, '--addr', `127.0.0.1:${port}`];
  const child = spawn('/bin/sh', ['-c', untilInputEnds, 'sh', program, ...serve], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
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
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('rclone did not start');
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
