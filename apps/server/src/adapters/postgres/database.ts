import pg from 'pg';
import { superuser } from './cluster.ts';

const databaseName = 'parley';
const unknownDatabase = '3D000';

/** The server is on loopback and has no certificate; PGSSLMODE in the environment is about others. */
export function serverUrl(password: string, port: number, database = databaseName): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

/** Makes the database if it is not there; also the proof that the server answers and the password fits. */
export async function ensureDatabase(password: string, port: number): Promise<string> {
  const url = serverUrl(password, port);
  try {
    await run(url, 'SELECT 1');
  } catch (error) {
    if ((error as { code?: string }).code !== unknownDatabase) throw error;
    await run(serverUrl(password, port, 'postgres'), `CREATE DATABASE ${databaseName}`);
  }
  return url;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // Without a listener a connection that breaks would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
