import { resolve } from 'node:path';
import { writeBackup } from '../adapters/postgres/backup/write-backup.ts';
import { openStoredFiles } from './stored-files.ts';
import { fileArgument, runCommand, withDatabase } from './with-database.ts';

const file = resolve(fileArgument('Usage: npm run backup -- <file to write>'));
await runCommand(async () => {
  const files = await openStoredFiles();
  const { tables, rows, objects } = await withDatabase((url) => writeBackup(url, file, files));
  console.log(`${file}: ${tables} tables, ${rows} rows, ${objects} files`);
  if (files === undefined) console.log('The files in the bucket are not in it: the bucket keeps them.');
});
