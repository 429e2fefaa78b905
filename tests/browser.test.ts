import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, missingBrowser, type Visitor, visit } from './support/browser.ts';
import { historyOf, written } from './support/history.ts';
import { httpOf, signIn } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';
import { sleep } from './support/until.ts';

const name = missingBrowser === undefined ? 'in a real browser' : `in a real browser (skipped: ${missingBrowser})`;

describe.skipIf(missingBrowser !== undefined)(name, () => {
  let server: Server;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let names: [string, string];
  let rounds = 0;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Two people who have just met. */
  beforeEach(async () => {
    rounds += 1;
    names = [`Ann${rounds}`, `Bob${rounds}`];
    [ann, bob] = await Promise.all([visit(browser, server.url), visit(browser, server.url)]);
    await Promise.all([ann.signUp(names[0]), bob.signUp(names[1])]);
    await ann.talkTo(names[1]);
    return async () => {
      await Promise.all([ann.context.close(), bob.context.close()]);
    };
  });

  /** What both pages show is what is stored, and nothing broke on the way. */
  async function expectStored(contents: readonly string[]): Promise<void> {
    for (const visitor of [ann, bob]) {
      await visitor.expectConversation(contents);
      expect(visitor.faults).toEqual([]);
    }
    const http = httpOf(server.url, await signIn(server.url, names[0].toLowerCase()));
    const { items } = await http.call('chats.list');
    const history = written(await historyOf({ http }, items[0]!.id));
    expect(history.map(({ content }) => content)).toEqual(contents);
  }

  it('two people register and talk, live', async () => {
    await ann.say('Hello Bob');
    await ann.expectState('Hello Bob', 'Sent');
    await bob.page.getByRole('link', { name: names[0] }).getByText('1 unread message').waitFor({ state: 'attached' });
    await bob.openChat(names[0]);
    await ann.expectState('Hello Bob', 'Read');
    await bob.page.getByRole('textbox', { name: 'Message' }).pressSequentially('Hi');
    await ann.page.getByText('typing…').first().waitFor();
    await bob.say('Hi Ann');
    await ann.expectConversation(['Hello Bob', 'Hi Ann']);
    await ann.say('How are you?');
    await expectStored(['Hello Bob', 'Hi Ann', 'How are you?']);
  });

  it('what is written without a network waits, and is sent when it is back', async () => {
    await ann.say('before');
    await bob.openChat(names[0]);
    await bob.expectConversation(['before']);
    await ann.context.setOffline(true);
    await ann.say('offline 1');
    await ann.say('offline 2');
    await bob.say('meanwhile');
    await bob.expectConversation(['before', 'meanwhile']);
    await ann.expectState('offline 2', 'Waiting to be sent');
    await ann.expectConversation(['before', 'offline 1', 'offline 2']);
    await ann.connection('Waiting for network…').waitFor();
    await ann.context.setOffline(false);
    await ann.expectState('offline 2', 'Read');
    await expectStored(['before', 'meanwhile', 'offline 1', 'offline 2']);
  });

  it('the server is killed in the middle of a conversation and comes back: the pages go on, nothing is lost', async () => {
    await ann.say('one');
    await bob.openChat(names[0]);
    await bob.say('two');
    await ann.expectConversation(['one', 'two']);
    await server.kill9();
    await ann.say('three');
    await ann.expectState('three', 'Waiting to be sent');
    await ann.connection('Connecting…').waitFor();
    await server.restart();
    await bob.expectConversation(['one', 'two', 'three'], 60_000);
    await bob.say('four');
    await ann.expectState('three', 'Read');
    await expectStored(['one', 'two', 'three', 'four']);
  });

  it('a message that was not sent yet survives a reload and is sent after it', async () => {
    let isCut = true;
    await ann.context.route('**/messages', (route) =>
      isCut && route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await ann.context.routeWebSocket('**/ws', (socket) => (isCut ? socket.close() : void socket.connectToServer()));
    await ann.reopen();
    await ann.say('not yet');
    await ann.expectState('not yet', 'Waiting to be sent');
    await ann.page.reload();
    await ann.expectState('not yet', 'Waiting to be sent');
    await ann.expectConversation(['not yet']);
    await sleep(500);
    expect(await bob.page.getByRole('link', { name: names[0] }).getByText('not yet').count()).toBe(0);
    isCut = false;
    await ann.page.reload();
    await bob.openChat(names[0]);
    await ann.expectState('not yet', 'Read');
    await expectStored(['not yet']);
  });

  it('a message that was not sent yet survives the end of the tab, while the server is away', async () => {
    await server.kill9();
    await ann.say('written into the dark');
    await ann.expectState('written into the dark', 'Waiting to be sent');
    await server.restart();
    await ann.reopen();
    await bob.openChat(names[0]);
    await ann.expectState('written into the dark', 'Read');
    await expectStored(['written into the dark']);
  });
});
