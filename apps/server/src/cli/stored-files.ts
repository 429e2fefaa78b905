import { join } from 'node:path';
import { loadOrCreateKeys } from '../adapters/keys.ts';
import type { BackupFiles } from '../adapters/postgres/backup/frames.ts';
import { loadConfig } from '../config.ts';
import { storedKeys } from '../modules/files/stored-keys.ts';
import { openBlobs } from '../start/files.ts';

/**
 * The files that go with the database, where the settings say they are. Undefined: they are in a bucket, which is looked
 * after by whoever runs it. With `always` a bucket counts as well: a backup of files on disk may be restored into one.
 */
export async function openStoredFiles({ always = false } = {}): Promise<BackupFiles | undefined> {
  const config = loadConfig({ argv: [] });
  if (config.s3Bucket !== undefined && !always) return undefined;
  const keys = await loadOrCreateKeys(join(config.dataDir, 'keys'), config.authPrivateKey);
  const { blobs } = await openBlobs(config, keys);
  return { keys: storedKeys, open: blobs.open, put: (key, path) => blobs.put(key, path, typeOf(key)) };
}

const typeOf = (key: string): string => (key.endsWith('.webp') ? 'image/webp' : 'application/octet-stream');
