import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, missingBrowser, type Visitor, visit } from '../support/browser.ts';
import { openStage, type Stage } from './pipeline/stage.ts';

const title =
  missingBrowser === undefined ? 'the app in a browser' : `the app in a browser (skipped: ${missingBrowser})`;
/** A broker or a database that was killed is back in seconds; what hangs behind it finds that out a little later. */
const healingMs = 90_000;

/** Ann is on one API, Bob on the other; messages are stored by two workers. */
describe.skipIf(missingBrowser !== undefined)(title, () => {
  let stage: Stage;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let rounds = 0;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), launchBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stage?.close(false);
  });

  /** Two people who have exchanged a word. */
  beforeEach(async () => {
    rounds += 1;
    const names = [`Ann${rounds}`, `Bob${rounds}`] as const;
    [ann, bob] = await Promise.all([visit(browser, stage.urls[0]!), visit(browser, stage.urls[1]!)]);
    await Promise.all([ann.signUp(names[0]), bob.signUp(names[1])]);
    await ann.talkTo(names[1]);
    await ann.say('Hello');
    await bob.openChat(names[0]);
    await bob.say('Hi');
    await expectBoth(['Hello', 'Hi']);
    return async () => {
      await Promise.all([ann.context.close(), bob.context.close()]);
    };
  });

  async function expectBoth(contents: readonly string[]): Promise<void> {
    for (const visitor of [ann, bob]) {
      await visitor.expectConversation(contents, healingMs);
      expect(visitor.faults).toEqual([]);
    }
  }

  it('one worker killed: the other stores', async () => {
    await stage.workers[0]!.kill9();
    await ann.say('one worker');
    await expectBoth(['Hello', 'Hi', 'one worker']);
    await stage.workers[0]!.start();
    await bob.say('two workers');
    await expectBoth(['Hello', 'Hi', 'one worker', 'two workers']);
  });

  it('both workers killed: what is sent shows at once, history is there, the others see it when a worker is back', async () => {
    for (const worker of stage.workers) await worker.kill9();
    await ann.say('no worker');
    await ann.expectConversation(['Hello', 'Hi', 'no worker']);
    await bob.page.reload();
    await bob.expectConversation(['Hello', 'Hi']);
    for (const worker of stage.workers) await worker.start();
    await ann.expectState('no worker', 'Read');
    await expectBoth(['Hello', 'Hi', 'no worker']);
  });

  it('RabbitMQ killed: a message waits, with a clock, over a reload too; history is there', async () => {
    await stage.rabbit.kill9();
    await ann.say('no broker');
    await ann.expectState('no broker', 'Waiting to be sent');
    await ann.page.reload();
    await ann.expectConversation(['Hello', 'Hi', 'no broker']);
    await ann.expectState('no broker', 'Waiting to be sent');
    await stage.rabbit.start();
    await expectBoth(['Hello', 'Hi', 'no broker']);
    await ann.expectState('no broker', 'Read');
  });

  it('Redis killed: everything is told, from the log', async () => {
    await stage.redis.kill9();
    await ann.say('no bus');
    await expectBoth(['Hello', 'Hi', 'no bus']);
    await stage.redis.restart();
    await bob.say('a bus');
    await expectBoth(['Hello', 'Hi', 'no bus', 'a bus']);
  });

  it('PostgreSQL killed: what is on the screen stays, a message waits; a page that is opened says that it connects', async () => {
    await stage.postgres.kill9();
    await ann.say('no database');
    await ann.expectState('no database', 'Waiting to be sent');
    await ann.expectConversation(['Hello', 'Hi', 'no database']);
    await bob.expectConversation(['Hello', 'Hi']);
    await bob.page.reload();
    await bob.connection('Connecting…').waitFor();
    await stage.postgres.start();
    await expectBoth(['Hello', 'Hi', 'no database']);
    await ann.expectState('no database', 'Read');
  });

  it('the API killed: the page says that it connects, a message waits', async () => {
    await stage.apis[0]!.kill9();
    await ann.say('no server');
    await ann.connection('Connecting…').waitFor();
    await ann.expectState('no server', 'Waiting to be sent');
    await bob.say('meanwhile');
    await bob.expectConversation(['Hello', 'Hi', 'meanwhile']);
    await stage.apis[0]!.start();
    await expectBoth(['Hello', 'Hi', 'meanwhile', 'no server']);
    await ann.connection('Connecting…').waitFor({ state: 'detached' });
  });
});
