import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';

/** A private RabbitMQ: its own node, ports, cookie and folder, ended with the test. Nothing of an installed service is touched. */
export interface RabbitServer {
  readonly url: string;
  readonly port: number;
  /** Cuts it off as a power failure would: the whole process group at once. */
  kill9(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  /** Alive but silent. */
  pause(): void;
  resume(): void;
  /** `rabbitmqctl` on this node. */
  control(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

const programs = '/usr/lib/rabbitmq/bin';
const startTimeoutMs = 60_000;

/** Whether Debian's package is installed. */
export const hasRabbitServer = (): boolean => existsSync(join(programs, 'rabbitmq-server'));

export async function startRabbitServer(): Promise<RabbitServer> {
  if (!hasRabbitServer()) throw new Error('RabbitMQ is not installed; npm run test:setup installs it');
  const folder = await mkdtemp(join(tmpdir(), 'parley-rabbitmq-'));
  const [port, distributionPort, mapperPort] = await findFreePorts(3);
  const env = await prepare(folder, { port: port!, distributionPort: distributionPort!, mapperPort: mapperPort! });
  // The node would start a mapper of its own that outlives it.
  const mapper = launch('/usr/bin/epmd', ['-port', String(mapperPort), '-address', '127.0.0.1'], env);
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  let broker = await startBroker(env, url);

  async function kill9(): Promise<void> {
    killGroup(broker);
    if (isRunning(broker)) await once(broker, 'exit');
  }

  return {
    url,
    port: port!,
    kill9,
    async start() {
      await kill9();
      broker = await startBroker(env, url);
    },
    pause: () => process.kill(-broker.pid!, 'SIGSTOP'),
    resume: () => process.kill(-broker.pid!, 'SIGCONT'),
    control: async (...args) => (await promisify(execFile)(join(programs, 'rabbitmqctl'), args, { env })).stdout,
    async stop() {
      await kill9();
      killGroup(mapper);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Ports {
  port: number;
  distributionPort: number;
  mapperPort: number;
}

async function prepare(folder: string, ports: Ports): Promise<NodeJS.ProcessEnv> {
  await writeFile(join(folder, '.erlang.cookie'), crypto.randomUUID(), { mode: 0o400 });
  await writeFile(join(folder, 'plugins'), '[].');
  await writeFile(join(folder, 'rabbitmq.conf'), 'loopback_users = none\n');
  return {
    PATH: process.env.PATH,
    HOME: folder,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(ports.mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `parley${ports.port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.port),
    RABBITMQ_DIST_PORT: String(ports.distributionPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
  };
}

async function startBroker(env: NodeJS.ProcessEnv, url: string): Promise<ChildProcess> {
  const child = launch(join(programs, 'rabbitmq-server'), [], env);
  const deadline = performance.now() + startTimeoutMs;
  while (!(await answers(url))) {
    if (!isRunning(child) || performance.now() > deadline) throw new Error('RabbitMQ did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await connect(url, { timeout: 2_000 })).close();
    return true;
  } catch {
    return false;
  }
}

/** Ends its whole group when its input does, as it does when the process that tests is gone, however it went. */
const untilInputEnds = '"$@" < /dev/null & cat > /dev/null; kill -s KILL -- -$$';

/** In a group of its own: the program is a script around a virtual machine with helpers. */
function launch(program: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn('/bin/sh', ['-c', untilInputEnds, 'sh', program, ...args], {
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return child;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || !isRunning(child)) return;
  process.kill(-child.pid, 'SIGKILL');
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
