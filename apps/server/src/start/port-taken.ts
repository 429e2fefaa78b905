import { ownerOf } from '../adapters/postgres/ownership.ts';
import type { Config } from '../config.ts';

export class PortTaken extends Error {}

const patienceMs = 1_000;

/** What to say to whoever starts Parley on a port that is taken: perhaps it runs there already. */
export async function portTaken(
  { port, host, dataDir }: Pick<Config, 'port' | 'host' | 'dataDir'>,
  service: string,
): Promise<string> {
  const others = 'Choose one with --port or PORT.';
  if (!(await runs(service, `http://${nameOf(host)}:${port}/health`)))
    return `Port ${port} is taken by another program. ${others}`;
  const owner = await ownerOf(dataDir);
  if (owner === undefined) return `Port ${port} is taken by another Parley, which has other data. ${others}`;
  return `Parley runs already (${owner}), with the data in ${dataDir}: open http://localhost:${port}, or stop it first.`;
}

function nameOf(host: string): string {
  if (host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function runs(service: string, url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    return ((await response.json()) as { service?: string } | null)?.service === service;
  } catch {
    // Whatever answers there, or does not, is another program.
    return false;
  }
}
