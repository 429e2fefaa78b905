import { clientFrames, closeCodes } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Frame, type Live, openLive } from '../../apps/server/src/testing/live.ts';
import { signIn } from '../../apps/server/src/testing/people.ts';
import { type FrameCase, type FrameOutcome, frameRows } from './frames.ts';
import { type Caller, callers, type Scene, type Stage, setStage } from './stage.ts';

/** An answer that is to come comes within this; after it, there is none. */
const quietMs = 120;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.app.close());

test('every frame has a row', () => {
  expect(Object.keys(frameRows).sort()).toEqual(Object.keys(clientFrames).sort());
});

describe('signing in', () => {
  test.for(callers)('by: %s', async (caller) => {
    const token = { ...stage.people, ended: stage.ended, nobody: { token: 'no.such.token' } }[caller].token;
    const live = await openLive(stage.app.url);
    const answer = await live.ask({ type: 'auth', token });
    const refusal = { ended: 'session_ended', nobody: 'invalid_token' }[caller as 'ended'];
    expect(outcomeOf(answer)).toBe(refusal ?? 'auth_ok');
    if (refusal === undefined) await live.close();
    else expect(await live.closed).toBe(closeCodes.unauthorized);
  });

  test('what came behind a refused sign-in is not done', async () => {
    const scene = await stage.buildScene('group');
    await stage.changes();
    const live = await openLive(stage.app.url);
    live.send({ type: 'auth', token: stage.ended.token });
    live.send({ type: 'message', chatId: scene.chatId, content: 'hi' });
    await live.closed;
    expect(live.frames.map(({ type }) => type)).toEqual(['error']);
    expect(await stage.changes()).toEqual([]);
  });
});

const rows = Object.entries(frameRows) as [keyof typeof clientFrames, readonly FrameCase[]][];
describe.each(rows.filter(([type]) => type !== 'auth'))('%s', (type, cases) => {
  for (const one of cases) {
    const title = [one.name, `in a ${one.kind ?? 'group'}`].filter(Boolean).join(' ');
    test.for(callersOf(one))(`${title} by: %s`, (caller) => check(type, one, caller));
  }
});

function callersOf({ kind }: FrameCase): Caller[] {
  return callers.filter((caller) => caller !== 'ended' && !(kind === 'direct' && caller === 'admin'));
}

async function check(type: string, one: FrameCase, caller: Caller): Promise<void> {
  const scene = await stage.buildScene(one.kind ?? 'group');
  const witness = await openLive(stage.app.url, stage.people.owner.token);
  const live = await openLive(stage.app.url, stage.people[caller as 'owner']?.token);
  await stage.changes();
  const expected = expectedOf(type, one, caller);
  const answer = await live.ask({ ...one.frame(scene), type }, expected === undefined ? quietMs : undefined);
  expect(outcomeOf(answer)).toBe(expected);
  if (isRefusal(answer)) expect(await stage.changes(), 'who is refused changes nothing').toEqual([]);
  if (one.told !== undefined) await checkTold(witness, one, caller, scene, isRefusal(answer));
  await Promise.all([live.close(), witness.close()]);
}

function expectedOf(type: string, one: FrameCase, caller: Caller): FrameOutcome {
  if (caller === 'nobody') return type === 'ping' ? 'pong' : 'unauthorized';
  if (caller === 'outsider') return one.outsider;
  return caller === 'member' && 'member' in one ? one.member : one.insider;
}

async function checkTold(witness: Live, one: FrameCase, caller: Caller, scene: Scene, refused: boolean): Promise<void> {
  const isEffect = (frame: Frame) => frame.type === one.told && frame.chatId === scene.chatId;
  const isTold = !refused && (one.toldOf?.includes(caller) ?? true);
  if (isTold) await witness.until(isEffect);
  else await new Promise((resolve) => setTimeout(resolve, quietMs));
  expect(witness.frames.some(isEffect)).toBe(isTold);
}

const isRefusal = (answer: Frame | undefined): boolean => answer?.type === 'error';

const outcomeOf = (answer: Frame | undefined): FrameOutcome =>
  answer?.type === 'error' ? String(answer.code) : answer?.type;

describe('a session that ends while its socket is open', () => {
  test('closes it, and nothing it sends afterwards is done', async () => {
    const scene = await stage.buildScene('group');
    const session = await signIn(stage.app.url, stage.people.owner.username);
    const live = await openLive(stage.app.url, session.token);
    await session.ask('POST', '/auth/logout');
    await stage.changes();
    if (live.isOpen) live.send({ type: 'message', chatId: scene.chatId, content: 'hi' });
    expect(await live.closed).toBe(closeCodes.session_ended);
    expect(await stage.changes()).toEqual([]);
  });
});
