import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { orderByReferences, readPartitions, readTables } from './catalog.ts';
import type { BackupFiles } from './frames.ts';
import { restoreBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const migrations = new URL('../../../db/migrations/', import.meta.url);
const user = '0195f3a0-0000-7000-8000-000000000001';

let folder: string;
let source: TestDatabase;
let backup: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-backup-'));
  backup = join(folder, 'backup');
  source = await createTestDatabase();
  await fill(source.pool);
  await writeBackup(source.url, backup);
});

afterAll(async () => {
  await source.drop();
  rmSync(folder, { recursive: true });
});

/** Rows with everything that a text format could trip over, in partitions that the migrations do not make. */
async function fill(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into users (id, username, username_key, email, email_key, display_name, bio, password_hash)
    values ('${user}', 'ann', 'ann', 'a@b.c', 'a@b.c', E'tab\\tline\\nback\\\\slash \\\\N 日本語 🎉', null, 'x')`);
  await pool.query(`insert into sessions (id, user_id, token_hash, expires_at)
    values (gen_random_uuid(), '${user}', '\\x00ff0a5c', now())`);
  await pool.query(`insert into messages (chat_id, id, sequence, message_count, sender_id, type, content, service, sent_at)
    select gen_random_uuid(), gen_random_uuid(), n, n, '${user}', 'text', repeat('word ', n % 50), '{"a": [1, null]}', now()
    from generate_series(1, 20000) n`);
  await pool.query(`create table if not exists topic_log_20200101 partition of topic_log
    for values from ('2020-01-01') to ('2020-01-02')`);
  await pool.query(`insert into topic_log (owner_id, kind, log_offset, name, facts, created_at)
    values ('${user}', 'chat', 1, 'message.created', '{}', '2020-01-01 12:00Z'), ('${user}', 'chat', 2, 'x', '{}', '1999-01-01')`);
}

async function contents(pool: pg.Pool | pg.Client): Promise<Record<string, unknown>> {
  const tables = await readTables(pool as pg.Client);
  const result: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select count(*)::int as count, md5(string_agg(t::text, '|' order by t::text)) as hash from ${name} t`,
    );
    result[name] = rows[0];
  }
  return result;
}

describe('restoring into an empty database', () => {
  let target: { client: pg.Client; url: string };

  beforeEach(async () => {
    const name = `restored_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${name}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    target = { client, url: url.href };
    return async () => {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    };
  });

  test('brings back every row and partition, under a new identity', async () => {
    const result = await restoreBackup(target.url, backup, migrations);
    const { database_identity: before, ...expected } = await contents(source.pool);
    const { database_identity: after, ...restored } = await contents(target.client);
    expect(restored).toEqual(expected);
    expect(result.rows).toBeGreaterThan(20_000);
    expect(after).toMatchObject({ count: 1 });
    expect(after).not.toEqual(before);
    const ofSource = await source.pool.connect();
    expect(await readPartitions(target.client)).toEqual(await readPartitions(ofSource));
    ofSource.release();
    const { rows } = await target.client.query('select count(*)::int as n from topic_log_20200101');
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('the files that the database names go with it', async () => {
    const file = join(folder, 'with-files');
    const kept = new Map([
      ['uploads/a', 'x'.repeat(200_000)],
      ['avatars/b/c.webp', 'picture'],
    ]);
    const from: BackupFiles = {
      keys: async () => [...kept.keys(), 'uploads/gone'],
      open: async (key) => (kept.has(key) ? Readable.from([Buffer.from(kept.get(key)!)]) : undefined),
      put: async () => undefined,
    };
    expect(await writeBackup(source.url, file, from)).toMatchObject({ objects: 2 });
    const found = new Map<string, string>();
    const put = async (key: string, path: string) => void found.set(key, readFileSync(path, 'utf8'));
    expect(await restoreBackup(target.url, file, migrations, { put })).toMatchObject({ objects: 2 });
    expect(found).toEqual(kept);
  });

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 2_000)],
    [
      'damaged',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 50_000), Buffer.alloc(100), bytes.subarray(50_100)]),
    ],
    ['something else', () => Buffer.from('hello')],
  ])('a file that is %s changes nothing', async (_, spoil) => {
    const file = join(folder, 'spoilt');
    writeFileSync(file, spoil(readFileSync(backup)));
    await expect(restoreBackup(target.url, file, migrations)).rejects.toThrow();
    expect(await readTables(target.client)).toEqual([]);
  });
});

test('a database with anything in it is refused and left as it is', async () => {
  const before = await contents(source.pool);
  await expect(restoreBackup(source.url, backup, migrations)).rejects.toThrow('not empty');
  expect(await contents(source.pool)).toEqual(before);
});

test('a backup is private, and never written over another one', async () => {
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  await expect(writeBackup(source.url, backup)).rejects.toThrow('there already');
});

test('a backup that fails leaves no file', async () => {
  const file = join(folder, 'failed');
  await expect(writeBackup(`${source.url}_not_there`, file)).rejects.toThrow();
  expect(existsSync(file) || existsSync(`${file}.unfinished`)).toBe(false);
});

test('tables come after those they refer to', () => {
  const tables = ['a', 'b', 'c'].map((name) => ({ name, columns: [] }));
  const references = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ];
  expect(orderByReferences(tables, references).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  expect(() => orderByReferences(tables, [...references, { from: 'c', to: 'a' }])).toThrow('circle');
});
