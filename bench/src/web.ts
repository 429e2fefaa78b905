import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { password } from './people.ts';
import { startPostgres } from './postgres.ts';
import { startSystem } from './system.ts';
import { launch, signInToPage } from './web/browser.ts';
import { benchChatList, benchMembers, type Crowd } from './web/crowd.ts';
import { benchLasting } from './web/lasting.ts';
import { benchLoading, type Place } from './web/loading.ts';
import { benchScrolling } from './web/scrolling.ts';
import { readerName, seed } from './web/seed.ts';
import { organiserName, seedCrowd } from './web/seed-crowd.ts';
import { benchTyping } from './web/typing.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const messages = Number(process.env.WEB_MESSAGES ?? 100_000);
const chats = Number(process.env.WEB_CHATS ?? 200);
/** Of somebody else, who has many of both. */
const listed = { chats: Number(process.env.WEB_LISTED ?? 2_000), members: Number(process.env.WEB_MEMBERS ?? 300) };

/** The built app in Chromium, on a real server: how much it loads, how soon it is there, how it scrolls, what it holds. */
export async function benchWeb(): Promise<void> {
  build();
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase('bench_web');
  const system = await startSystem({ databaseUrl });
  const browser = await launch();
  try {
    const { longChatId, chatIds, writer, newest } = await seed(databaseUrl, system.port, messages, chats);
    console.log(`\n${chats + 1} chats, one of them with ${newest.toLocaleString('en')} messages; 1440 x 900`);
    const url = `http://127.0.0.1:${system.port}`;
    const session = await signInToPage(browser, url, { name: readerName, password });
    const place: Place = { browser, url, session, longChatId, newest };
    await benchLoading(place);
    await benchScrolling(place);
    const { groupId } = await seedCrowd(databaseUrl, system.port, writer, listed);
    const organiser = await signInToPage(browser, url, { name: organiserName, password });
    const crowd: Crowd = { browser, url, session: organiser, groupId, ...listed };
    await benchChatList(crowd);
    await benchMembers(crowd);
    await benchTyping(place, crowd, system.port, writer);
    await benchLasting(place, system.port, writer, chatIds);
  } finally {
    await browser.close();
    await system.stop();
    await postgres.stop();
  }
}

/** As `npm start` does: only if it is older than its sources. */
function build(): void {
  const code = "import { ensureWebApp } from './scripts/steps/web-build.mjs'; ensureWebApp(process.execPath);";
  const options = { cwd: project, stdio: 'inherit' } as const;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], options);
  if (status !== 0) throw new Error('the web app does not build');
}
