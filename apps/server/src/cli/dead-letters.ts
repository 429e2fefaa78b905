import { type DeadLetter, type DeadLetters, openDeadLetters } from '../adapters/queue/rabbitmq/dead-letters.ts';
import { configuredBroker } from './with-broker.ts';
import { runCommand } from './with-database.ts';

const usage = 'Usage: npm run dead-letters -- list | show <id> | replay <id>';
const excerptLength = 60;

type Action = (letters: DeadLetters, id: string) => Promise<void>;

const actions: Record<string, Action> = { list, show, replay };

async function list(letters: DeadLetters): Promise<void> {
  const all = await letters.list();
  for (const letter of all) console.log(toLine(letter));
  console.log(all.length === 1 ? '1 dead letter' : `${all.length} dead letters`);
}

async function show(letters: DeadLetters, id: string): Promise<void> {
  const letter = await letters.find(id);
  if (letter === undefined) throw new Error(`There is no dead letter ${id}.`);
  console.log(JSON.stringify(letter, undefined, 2));
}

async function replay(letters: DeadLetters, id: string): Promise<void> {
  if (!(await letters.replay(id))) throw new Error(`There is no dead letter ${id} that can be sent again.`);
  console.log(`${id} was sent again. It takes the next place in its chat.`);
}

function toLine({ id, at, chatId, reason, content }: DeadLetter): string {
  const when = at === undefined ? '-' : new Date(at).toISOString();
  const excerpt = JSON.stringify(content.length > excerptLength ? `${content.slice(0, excerptLength)}…` : content);
  return [id || '(unreadable)', when, `chat ${chatId ?? '-'}`, reason, excerpt].join('  ');
}

const [command = '', id = '', ...surplus] = process.argv.slice(2);
const action = Object.hasOwn(actions, command) ? actions[command] : undefined;
if (action === undefined || surplus.length > 0 || (id === '') !== (action === list)) {
  console.error(usage);
  process.exit(2);
}
await runCommand(async () => {
  const { broker, names } = configuredBroker();
  const letters = await openDeadLetters(broker, names);
  try {
    await action(letters, id);
  } finally {
    await letters.close();
  }
});
