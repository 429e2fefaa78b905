import { UserSettings, userTopic } from '@parley/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Accounts, createAccounts } from '../auth/testing/accounts.ts';
import { defaultSettings, toSettings } from './defaults.ts';
import { createSettings, type Settings } from './service.ts';

let accounts: Accounts;
let settings: Settings;
let userId: string;
beforeAll(async () => {
  accounts = await createAccounts();
  settings = createSettings({ db: accounts.database.db, log: accounts.log });
  userId = (await accounts.buildUser('ada')).id;
});
afterAll(() => accounts.database.drop());

const stored = async () =>
  (await accounts.database.db.selectFrom('users').select('settings').where('id', '=', userId).executeTakeFirst())
    ?.settings;

describe('settings', () => {
  test('are the defaults at first', async () => {
    expect(await settings.get(userId)).toEqual(defaultSettings);
  });

  test('change by key and are told to oneself', async () => {
    const changed = await settings.update(userId, { theme: 'dark', app: { accent: 'teal', size: 15 } });
    expect(changed).toEqual({ ...defaultSettings, theme: 'dark', app: { accent: 'teal', size: 15 } });
    expect(await settings.get(userId)).toEqual(changed);
    expect(accounts.published.at(-1)).toMatchObject({
      topic: userTopic(userId),
      name: 'settings.updated',
      data: { settings: changed },
    });
    expect(await stored()).toEqual({ theme: 'dark', app: { accent: 'teal', size: 15 } });
  });

  test('of two devices at once both win', async () => {
    await Promise.all([
      settings.update(userId, { readReceipts: false }),
      settings.update(userId, { lastSeenPrivacy: 'nobody' }),
    ]);
    expect(await settings.get(userId)).toMatchObject({ readReceipts: false, lastSeenPrivacy: 'nobody', theme: 'dark' });
  });

  test('do not store what is not one', async () => {
    await settings.update(userId, { language: 'de', isAdmin: true } as object);
    expect(await stored()).not.toHaveProperty('isAdmin');
    expect(await settings.get(userId)).toMatchObject({ language: 'de' });
  });

  test('of nobody are not there', async () => {
    const nobody = '00000000-0000-7000-8000-000000000001';
    await expect(settings.get(nobody)).rejects.toMatchObject({ code: 'user_not_found' });
    await expect(settings.update(nobody, { theme: 'dark' })).rejects.toMatchObject({ code: 'user_not_found' });
  });
});

test.each([
  [{}],
  [{ theme: 'neon' }],
  [{ theme: null, language: 7, app: { deep: {} } }],
  [{ gone: 1, notifications: false }],
])('whatever is stored (%j), what is shown keeps the contract', (row) => {
  expect(Value.Check(UserSettings, toSettings(row))).toBe(true);
  expect(Object.keys(toSettings(row)).toSorted()).toEqual(Object.keys(defaultSettings).toSorted());
});
