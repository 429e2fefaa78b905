import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { restoreBackup } from '../adapters/postgres/backup/restore-backup.ts';
import { migrate } from '../db/migrate.ts';
import { openPool } from '../db/pool.ts';
import { openStoredFiles } from './stored-files.ts';
import { fileArgument, runCommand, withDatabase } from './with-database.ts';

const migrations = new URL('../db/migrations/', import.meta.url);

const file = resolve(fileArgument('Usage: npm run restore -- <backup file>'));
await runCommand(async () => {
  // Before a database is made for a file that is not there.
  await access(file, constants.R_OK);
  const files = await openStoredFiles({ always: true });
  await withDatabase(async (url) => {
    const { tables, rows, objects } = await restoreBackup(url, file, migrations, files);
    console.log(`${file}: restored ${tables} tables, ${rows} rows, ${objects} files`);
    const { pool, close } = openPool({ url, max: 1, onError: () => {} });
    const newer = await migrate(pool).finally(close);
    if (newer.length > 0) console.log(`brought up to date: ${newer.join(', ')}`);
  });
});
