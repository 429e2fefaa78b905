import { readFile, stat } from 'node:fs/promises';
import { makeChat, type Person, request, signIn, signUp } from './people.ts';
import { type BenchPostgres, query, startPostgres } from './postgres.ts';
import { printTable } from './report.ts';
import { median } from './stats.ts';
import { startSystem } from './system.ts';

const messages = 1_000_000;
const pages = [
  ['the newest', ''],
  ['before 900,000', '&before=900000'],
  ['before 500,000', '&before=500000'],
  ['before 1,000', '&before=1000'],
  ['after 500,000', '&after=500000'],
  ['around 250,000', '&around=250000'],
] as const;
const repeats = 20;

/** A page of 50 at any depth: what PostgreSQL says it took for all statements of the request, and the plan it used. */
export async function benchHistory(): Promise<void> {
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase('bench_history');
    const chatId = await withSystem(databaseUrl, settle);
    await fill(databaseUrl, chatId);
    await tell(databaseUrl, { log_min_duration_statement: '0' });
    await withSystem(databaseUrl, (port) => measure(postgres, port, chatId));
    await tell(databaseUrl, {
      log_min_duration_statement: '-1',
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_analyze': 'on',
    });
    await withSystem(databaseUrl, (port) => explain(postgres, port, chatId));
  } finally {
    await postgres.stop();
  }
}

async function withSystem<T>(databaseUrl: string, work: (port: number) => Promise<T>): Promise<T> {
  const system = await startSystem({ databaseUrl });
  try {
    return await work(system.port);
  } finally {
    await system.stop();
  }
}

async function tell(databaseUrl: string, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await query(databaseUrl, `alter database bench_history set ${name} = '${value}'`);
}

async function settle(port: number): Promise<string> {
  const writer = await signUp(port, 'writer');
  return makeChat(port, writer, [await signUp(port, 'reader')]);
}

async function fill(databaseUrl: string, chatId: string): Promise<void> {
  const senders = await query<{ participant_id: string }>(
    databaseUrl,
    'select participant_id from chat_members where chat_id = $1',
    [chatId],
  );
  await query(
    databaseUrl,
    `insert into messages (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, sent_at)
     select $1, gen_random_uuid(), n, n, $2, 'seed-' || n, 'text', 'Message number ' || n || ' of a long conversation', now()
     from generate_series((select coalesce(max(sequence), 0) + 1 from messages where chat_id = $1), $3::bigint) n`,
    [chatId, senders[0]?.participant_id, messages],
  );
  await query(
    databaseUrl,
    "update topic_heads set last_sequence = $2, message_count = $2 where owner_id = $1 and kind = 'chat'",
    [chatId, messages],
  );
  await query(databaseUrl, 'vacuum analyze');
}

const readPage = (port: number, reader: Person, chatId: string, where: string) =>
  request<{ items: unknown[] }>(port, 'GET', `/chats/${chatId}/messages?limit=50${where}`, reader.token);

async function measure(postgres: BenchPostgres, port: number, chatId: string): Promise<void> {
  const reader = await signIn(port, 'reader');
  const rows: (string | number)[][] = [];
  for (const [name, where] of pages) {
    const inDatabase: number[] = [];
    const answered: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const log = await readLogFrom(postgres.logFile);
      const began = performance.now();
      const { items } = await readPage(port, reader, chatId, where);
      answered.push(performance.now() - began);
      if (items.length !== 50) throw new Error(`${name}: ${items.length} messages instead of 50`);
      inDatabase.push(sum(durationsIn(await log())));
    }
    rows.push([name, median(inDatabase), Math.max(...inDatabase), median(answered)]);
  }
  printTable(
    `History: a page of 50 in a chat of ${messages.toLocaleString('en')} (median of ${repeats}, all statements of the request)`,
    ['page', 'ms in the database', 'slowest', 'ms to the answer'],
    rows,
  );
}

async function explain(postgres: BenchPostgres, port: number, chatId: string): Promise<void> {
  const reader = await signIn(port, 'reader');
  await readPage(port, reader, chatId, '');
  const log = await readLogFrom(postgres.logFile);
  await readPage(port, reader, chatId, '&before=500000');
  const plans = (await log()).split(/^(?=\d{4}-\d\d-\d\d )/m).filter((entry) => entry.includes(' plan:'));
  const page = plans.find((plan) => plan.includes('order by m.sequence'));
  console.log(`\nThe plan of the page before 500,000:\n\n${page ?? 'not found'}`);
}

/** What is written to the log from here on. */
async function readLogFrom(logFile: string): Promise<() => Promise<string>> {
  const { size } = await stat(logFile);
  return async () => (await readFile(logFile)).subarray(size).toString();
}

const durationsIn = (log: string): number[] =>
  [...log.matchAll(/duration: ([\d.]+) ms/g)].map(([, milliseconds]) => Number(milliseconds));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
