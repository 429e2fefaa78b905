import { join } from 'node:path';
import { loadOrCreateKeys } from '../adapters/keys.ts';
import { loadConfig } from '../config.ts';
import { runCommand } from './with-database.ts';

await runCommand(async () => {
  const { dataDir, authPrivateKey } = loadConfig({ argv: [] });
  if (authPrivateKey !== undefined)
    throw new Error('AUTH_PRIVATE_KEY is set, so a key in the data folder would not be used.');
  const folder = join(dataDir, 'keys');
  const { kid, isNew } = await loadOrCreateKeys(folder);
  console.log(`${isNew ? 'made' : 'kept'} the Ed25519 key ${kid} in ${folder}`);
  console.log('For several hosts, copy it to each, or set AUTH_PRIVATE_KEY to it.');
});
