import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

/** A load balancer in front of instances, with files of its own. */
export interface Balancer {
  readonly name: string;
  readonly url: string;
  close(): Promise<void>;
}

type Configure = (port: number, ports: readonly number[], folder: string) => { config: string; args: string[] };

/** Sticky by a cookie of its own; whoever sends none, as WebSocket clients outside of browsers do, goes in turn. */
const haproxy: Configure = (port, ports, folder) => ({
  args: ['-f', join(folder, 'config'), '-db'],
  config: `
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend web
  bind 127.0.0.1:${port}
  default_backend parley
backend parley
  balance roundrobin
  cookie parley_instance insert indirect nocache
${ports.map((one, index) => `  server s${index} 127.0.0.1:${one} cookie s${index} check inter 200 fall 1 rise 1`).join('\n')}
`,
});

/** Sticky by the client's address, told by X-Forwarded-For as a proxy in front would. */
const nginx: Configure = (port, ports, folder) => ({
  args: ['-c', join(folder, 'config'), '-p', folder, '-g', 'daemon off;'],
  config: `
error_log ${folder}/error.log;
pid ${folder}/pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream sticky { hash $http_x_client consistent; ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} }
  upstream any { ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  server {
    listen 127.0.0.1:${port};
    location /socket.io/ { proxy_pass http://sticky; proxy_read_timeout 60s; }
    location / { proxy_pass http://any; proxy_read_timeout 60s; }
  }
}
`,
});

const kinds = { haproxy, nginx } satisfies Record<string, Configure>;
export type BalancerName = keyof typeof kinds;
export const balancers = Object.keys(kinds) as BalancerName[];

/** Debian keeps both where the PATH of a plain user may not lead. */
const searchPath = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

export function hasBalancer(name: BalancerName): boolean {
  try {
    execFileSync(name, ['-v'], { stdio: 'ignore', env: { PATH: searchPath } });
    return true;
  } catch {
    return false;
  }
}

export async function startBalancer(name: BalancerName, urls: readonly string[]): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), `parley-${name}-`));
  const port = await findFreePort();
  const ports = urls.map((url) => Number(new URL(url).port));
  const { config, args } = kinds[name](port, ports, folder);
  await writeFile(join(folder, 'config'), config);
  const child: ChildProcess = spawn(name, args, { stdio: 'ignore', env: { PATH: searchPath } });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await until(answers, `${name} answers`, 10_000);
  return {
    name,
    url,
    async close() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
