import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { httpOf, makeGroup, type Person, signUp } from '../support/people.ts';
import { connectSocketIO, type Talker } from '../support/socketio.ts';
import { until } from '../support/until.ts';
import { openSignedIn, type Wscat } from '../support/wscat.ts';
import { type Balancer, balancers, hasBalancer, startBalancer } from './balancer.ts';
import { type Stage, startInstances } from './stage.ts';

const isCI = process.env.CI === 'true';
const clientCount = 8;

let stage: Stage;
let ann: Person;
let bob: Person;
let chatId: string;

beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  const [one, two] = stage.servers.map(({ url }) => url) as [string, string];
  [ann, bob] = [await signUp(one), await signUp(two)];
  chatId = (await makeGroup(ann, [bob])).id;
});
afterAll(() => stage?.close());

/** How many Socket.IO clients each instance has. */
async function spread(door: 'websocket' | 'socketio'): Promise<number[]> {
  const counts = stage.servers.map(async ({ url }) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^messenger_ws_connections_active\\{door="${door}"\\} (\\d+)`, 'm').exec(text)?.[1]);
  });
  return Promise.all(counts);
}

describe.each(balancers)('behind %s', (name) => {
  const isHere = hasBalancer(name);
  if (!isHere && !isCI)
    process.stderr.write(`skipped: behind ${name} (npm run test:setup installs it on Debian, as root)\n`);
  const open: { close(): void }[] = [];
  let balancer: Balancer;

  beforeAll(async () => {
    if (isHere || isCI)
      balancer = await startBalancer(
        name,
        stage.servers.map(({ url }) => url),
      );
  });
  afterAll(() => balancer?.close());
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });

  /** Each client is one visitor: cookies are kept as a browser does, and the header stands for its address. */
  async function connectMany(transports: ('polling' | 'websocket')[]): Promise<Talker[]> {
    const talkers: Talker[] = [];
    for (let index = 0; index < clientCount; index += 1) {
      const extraHeaders = { 'x-client': `visitor ${index}` };
      const options = { transports, withCredentials: true, extraHeaders };
      const talker = await connectSocketIO(balancer.url, bob.tokens.access_token, options);
      open.push(talker);
      await talker.ask('room:join', { chatId });
      talkers.push(talker);
    }
    return talkers;
  }

  const say = (content: string) =>
    httpOf(balancer.url, ann.tokens).call('messages.send', { params: { chatId }, body: { content } });
  const told = (talker: Talker) =>
    talker.heard('message.new').map(({ message }) => (message as { content: string }).content);

  test.skipIf(!isHere && !isCI)('polling works by stickiness, on both instances', async () => {
    const talkers = await connectMany(['polling']);
    expect(Math.min(...(await spread('socketio')))).toBeGreaterThan(0);
    for (const text of ['one', 'two', 'three']) await say(text);
    await until(() => talkers.every((talker) => told(talker).length === 3), 'all are told');
    for (const talker of talkers) expect(told(talker)).toEqual(['one', 'two', 'three']);
  });

  test.skipIf(!isHere && !isCI)('polling is upgraded to websocket', async () => {
    const talkers = await connectMany(['polling', 'websocket']);
    const isUpgraded = ({ socket }: Talker) => socket.io.engine.transport.name === 'websocket';
    await until(() => talkers.every(isUpgraded), 'all are upgraded');
    await say('upgraded');
    await until(() => talkers.every((talker) => told(talker).includes('upgraded')), 'all are told');
  });

  test.skipIf(!isHere && !isCI)('websocket needs no stickiness', async () => {
    const sockets: Wscat[] = [];
    for (let index = 0; index < clientCount; index += 1) {
      const socket = await openSignedIn(balancer.url, bob.tokens.access_token);
      open.push(socket);
      sockets.push(socket);
    }
    expect(Math.min(...(await spread('websocket')))).toBeGreaterThan(0);
    await say('plain');
    await until(() => sockets.every((socket) => socket.ofType('message').length === 1), 'all are told');
  });
});
