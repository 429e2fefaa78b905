import { AppError, type Static, type UserSettings, type UserSettingsChange, userTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import { onlySettings, toSettings } from './defaults.ts';
import { mergeSettings, readSettings } from './store.ts';

export interface Settings {
  get(userId: string): Promise<UserSettings>;
  /** Changes the keys that are given; `app` is one of them and is replaced as a whole. */
  update(userId: string, change: Static<typeof UserSettingsChange>): Promise<UserSettings>;
}

export function createSettings({ db, log }: { db: Db; log: Log }): Settings {
  return {
    async get(userId) {
      const [row] = await readSettings(db, [userId]);
      return toSettings(refuseMissing(row).settings);
    },

    update: (userId, change) =>
      log.write(async (trx, tell) => {
        const row = refuseMissing(await mergeSettings(trx, userId, onlySettings(change)));
        tell({ topic: userTopic(userId), name: 'settings.updated', facts: {}, actorId: userId });
        return toSettings(row.settings);
      }),
  };
}

function refuseMissing<T>(row: T | undefined): T {
  if (row === undefined) throw new AppError('user_not_found');
  return row;
}
