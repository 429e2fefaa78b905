import {
  createConnection,
  type IdbDatabase,
  type IdbTransaction,
  type IndexedDatabases,
  settled,
} from '../storage/idb.ts';
import { createTransact } from '../storage/transactions.ts';
import {
  type Cache,
  type CacheBatch,
  type CachedChat,
  type CachedHistory,
  type CachedPerson,
  cacheVersion,
  isBehind,
  keptHistories,
  NotOwner,
} from './cache.ts';

const tables = ['person', 'chats', 'histories'] as const;
/** Histories read in one go: to take them over is work for the main thread. */
const portion = 10;
/** Everything can be loaded instead. */
const patienceMs = 2_000;

/** On IndexedDB, in a database of its own that may be deleted at any time. */
export function createIndexedDbCache(
  databases: IndexedDatabases,
  { name = 'parley-cache', version = cacheVersion } = {},
): Cache {
  const database = createConnection(databases, name, { version, patienceMs, build: rebuild });

  const run = createTransact(database, tables);

  async function* histories(): AsyncIterable<CachedHistory[]> {
    const keys = await run('readonly', (transaction) =>
      settled(transaction.objectStore('histories').index('openedAt').getAllKeys()),
    );
    const recent = keys.map(String).reverse();
    const excess = recent.splice(keptHistories);
    for (let start = 0; start < recent.length; start += portion) {
      yield await run('readonly', (transaction) => findHistories(transaction, recent.slice(start, start + portion)));
    }
    if (excess.length > 0) await run('readwrite', (transaction) => remove(transaction, 'histories', excess));
  }

  return {
    open: (userId) => run('readwrite', (transaction) => claim(transaction, userId)),
    histories,
    write: (batch) => run('readwrite', (transaction) => store(transaction, batch)),
    wipe: (userId) =>
      run('readwrite', async (transaction) => {
        if ((await ownerOf(transaction)) === userId) await clear(transaction);
      }),
  };
}

const ownerOf = (transaction: IdbTransaction): Promise<unknown> =>
  settled(transaction.objectStore('person').get('owner'));

async function clear(transaction: IdbTransaction): Promise<void> {
  for (const table of tables) await settled(transaction.objectStore(table).clear());
}

async function claim(transaction: IdbTransaction, userId: string) {
  if ((await ownerOf(transaction)) !== userId) {
    await clear(transaction);
    await settled(transaction.objectStore('person').put(userId, 'owner'));
    return undefined;
  }
  const [person, chats] = await Promise.all([
    settled(transaction.objectStore('person').get('person')),
    settled(transaction.objectStore('chats').getAll()),
  ]);
  return person === undefined ? undefined : { person: person as CachedPerson, chats: chats as CachedChat[] };
}

async function findHistories(transaction: IdbTransaction, chatIds: readonly string[]): Promise<CachedHistory[]> {
  const table = transaction.objectStore('histories');
  const found = await Promise.all(chatIds.map((chatId) => settled(table.get(chatId))));
  return found.filter((history) => history !== undefined) as CachedHistory[];
}

async function store(transaction: IdbTransaction, batch: CacheBatch): Promise<string[]> {
  if ((await ownerOf(transaction)) !== batch.userId) throw new NotOwner();
  const chats = transaction.objectStore('chats');
  const known = (await Promise.all(batch.chats.map(({ chatId }) => settled(chats.get(chatId))))) as (
    | CachedChat
    | undefined
  )[];
  const late = batch.chats.filter(({ position }, index) => isBehind(position, known[index]?.position));
  const skipped = new Set(late.map(({ chatId }) => chatId));
  const histories = transaction.objectStore('histories');
  for (const chat of batch.chats) if (!skipped.has(chat.chatId)) chats.put(chat);
  for (const history of batch.histories) if (!skipped.has(history.chatId)) histories.put(history);
  await remove(transaction, 'chats', batch.gone);
  await remove(transaction, 'histories', [...batch.gone, ...batch.letGo]);
  if (batch.person !== undefined) await storePerson(transaction, batch.person);
  return [...skipped];
}

async function storePerson(transaction: IdbTransaction, person: CachedPerson): Promise<void> {
  const table = transaction.objectStore('person');
  const known = (await settled(table.get('person'))) as CachedPerson | undefined;
  if (!isBehind(person.position, known?.position)) table.put(person, 'person');
}

async function remove(transaction: IdbTransaction, table: string, keys: readonly string[]): Promise<void> {
  const from = transaction.objectStore(table);
  await Promise.all(keys.map((key) => settled(from.delete(key))));
}

function rebuild(database: IdbDatabase): void {
  for (const table of Array.from(database.objectStoreNames)) database.deleteObjectStore(table);
  database.createObjectStore('person');
  database.createObjectStore('chats', { keyPath: 'chatId' });
  database.createObjectStore('histories', { keyPath: 'chatId' }).createIndex('openedAt', 'openedAt');
}
