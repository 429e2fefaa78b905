import { type CommandName, commands, strict, type TSchema } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient, emitWithAck } from '@parley/realtime/testing';
import type { Socket } from 'socket.io-client';
import { Compile } from 'typebox/compile';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '../../apps/server/src/testing/people.ts';
import { eventOfSocketIO } from '../../apps/server/src/testing/told.ts';
import { type Acknowledged, type CommandCase, commandRows } from './commands.ts';
import { type Caller, callers, type Scene, type Stage, setStage } from './stage.ts';

const quietMs = 120;
const namespaces = ['/', '/chat'] as const;

let stage: Stage;
const sockets: Socket[] = [];
beforeAll(async () => {
  stage = await setStage();
});
afterEach(async () => {
  await Promise.all(sockets.splice(0).map(disconnectSocketClient));
});
afterAll(() => stage.app.close());

async function connect(token: string | undefined, namespace = '/'): Promise<Socket> {
  const socket = await connectSocketClient(`${stage.app.url}${namespace}`, token === undefined ? {} : { token });
  sockets.push(socket);
  return socket;
}

const tokenOf = (caller: Caller): string | undefined =>
  ({ ...stage.people, ended: stage.ended, nobody: undefined })[caller]?.token;

test('every command has a row', () => {
  expect(Object.keys(commandRows).sort()).toEqual(Object.keys(commands).sort());
});

describe.each(namespaces)('connecting to %s', (namespace) => {
  test.for(callers)('by: %s', async (caller) => {
    const refusal = { ended: 'session_ended', nobody: 'unauthorized' }[caller as 'ended'];
    const connecting = connect(tokenOf(caller), namespace);
    if (refusal === undefined) expect((await connecting).connected).toBe(true);
    else await expect(connecting).rejects.toThrow(new RegExp(refusal, 'i'));
  });

  test('a session that ends closes it', async () => {
    const session = await signIn(stage.app.url, stage.people.owner.username);
    const socket = await connect(session.token, namespace);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    await session.ask('POST', '/auth/logout');
    expect(await gone).toBe('io server disconnect');
  });
});

const rows = Object.entries(commandRows) as [CommandName, readonly CommandCase[]][];
describe.each(rows)('%s', (name, cases) => {
  for (const one of cases) {
    const title = [one.name, `in a ${one.kind ?? 'group'}`].filter(Boolean).join(' ');
    test.for(callersOf(one))(`${title} by: %s`, (caller) => check(name, one, caller));
  }
});

const callersOf = ({ kind }: CommandCase): Caller[] =>
  callers.filter((caller) => tokenName(caller) && !(kind === 'direct' && caller === 'admin'));
const tokenName = (caller: Caller): boolean => caller !== 'ended' && caller !== 'nobody';

async function check(name: CommandName, one: CommandCase, caller: Caller): Promise<void> {
  const scene = await stage.buildScene(one.kind ?? 'group');
  const seen = await watch(scene);
  const socket = await connect(tokenOf(caller));
  await stage.changes();
  const answer = await emitWithAck<Record<string, unknown>>(socket, name, one.payload(scene));
  const expected =
    caller === 'outsider' ? one.outsider : caller === 'member' ? (one.member ?? one.insider) : one.insider;
  expect(acknowledged(name, answer)).toBe(expected);
  if (expected !== 'OK') expect(await stage.changes(), 'who is refused changes nothing').toEqual([]);
  if (one.told !== undefined) await checkTold(seen, one, caller);
}

/** What the owner's other connection, in the room, is told; each event exactly as the contract says. */
async function watch(scene: Scene): Promise<string[]> {
  const seen: string[] = [];
  const witness = await connect(stage.people.owner.token);
  witness.onAny((name: string, payload: unknown) => seen.push(eventOfSocketIO(name, payload)));
  expect(await emitWithAck(witness, 'room:join', { chatId: scene.chatId })).toMatchObject({ ok: true });
  return seen;
}

async function checkTold(seen: string[], { told, toldOf = [] }: CommandCase, caller: Caller): Promise<void> {
  const isTold = toldOf.includes(caller);
  if (isTold) await expect.poll(() => seen, { interval: 10 }).toContain(told);
  else await new Promise((resolve) => setTimeout(resolve, quietMs));
  expect(seen.includes(told!)).toBe(isTold);
}

/** `data` is of exactly the form that the contract gives it. */
function acknowledged(name: CommandName, answer: Record<string, unknown>): Acknowledged {
  if (answer.ok !== true) {
    expect(answer).toEqual({
      ok: false,
      error: answer.error,
      message: expect.any(String),
      correlationId: expect.any(String),
    });
    return String(answer.error);
  }
  const { data: schema } = commands[name] as { data?: TSchema };
  if (schema !== undefined) expect([...Compile(strict(schema)).Errors(answer.data ?? {})]).toEqual([]);
  return 'OK';
}
