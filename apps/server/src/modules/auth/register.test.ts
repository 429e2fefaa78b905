import { userTopic } from '@parley/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeads } from '../../log/heads.ts';
import { type Accounts, createAccounts, password } from './testing/accounts.ts';
import { untilWaiting } from './testing/waiting.ts';

const person = (username: string, email = `${username}@example.org`) => ({ username, email, password });

describe('registering', () => {
  let accounts: Accounts;
  beforeAll(async () => {
    accounts = await createAccounts();
  });
  afterAll(() => accounts.database.drop());

  test('makes a person with a topic, whose name is the username until they choose one', async () => {
    const { auth, database } = accounts;
    const { id, username } = await auth.register(person('Ada'));
    expect(username).toBe('Ada');
    const row = await database.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ username: 'Ada', username_key: 'ada', display_name: 'Ada', is_admin: true });
    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await readHeads(database.db, [userTopic(id)])).size).toBe(1);
  });

  test('the second person does not administer', async () => {
    const { id } = await accounts.auth.register(person('second'));
    const { db } = accounts.database;
    const row = await db.selectFrom('users').select('is_admin').where('id', '=', id).executeTakeFirst();
    expect(row?.is_admin).toBe(false);
  });

  test('names and addresses are unique whatever their case, and a refused one leaves nothing', async () => {
    const { auth, database } = accounts;
    await auth.register(person('grace', 'grace@example.org'));
    await expect(auth.register(person('GRACE', 'else@example.org'))).rejects.toMatchObject({ code: 'username_taken' });
    await expect(auth.register(person('hopper', 'Grace@Example.org'))).rejects.toMatchObject({ code: 'email_taken' });
    const rows = await database.db.selectFrom('users').select('id').where('username_key', '=', 'hopper').execute();
    expect(rows).toEqual([]);
  });

  test('of several who take one name at once, one gets it', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((number) => accounts.auth.register(person('popular', `p${number}@example.org`))),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.map((result) => result.reason.code)).toEqual(Array(3).fill('username_taken'));
  });

  test('the strict policy refuses a common password, the other one does not', async () => {
    const strict = await accounts.another({ settings: { passwordPolicy: 'strict' } });
    const weak = { ...person('weak'), password: 'password123' };
    await expect(strict.register(weak)).rejects.toMatchObject({ code: 'weak_password' });
    await expect(accounts.auth.register(weak)).resolves.toMatchObject({ username: 'weak' });
  });
});

test('of several first people, exactly one administers', async () => {
  const { auth, database } = await createAccounts();
  const { db } = database;
  try {
    const names = ['one', 'two', 'three', 'four', 'five'];
    // Reads go on, inserts wait: all five have seen an empty table when they are let go.
    const registered = await db.transaction().execute(async (trx) => {
      await sql`lock table users in share mode`.execute(trx);
      const all = names.map((name) => auth.register(person(name)));
      await untilWaiting(db, names.length);
      return { all };
    });
    await Promise.all(registered.all);
    const admins = await db.selectFrom('users').select('id').where('is_admin', '=', true).execute();
    expect(admins).toHaveLength(1);
  } finally {
    await database.drop();
  }
});
