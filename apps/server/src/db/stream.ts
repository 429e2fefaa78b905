import type { Socket } from 'node:net';
import type pg from 'pg';

/** The connection itself. */
export const streamOf = (client: pg.PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
