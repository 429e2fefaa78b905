import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { printTable } from '../report.ts';
import { median } from '../stats.ts';
import { ask } from './browser.ts';
import { workOf } from './work.ts';

const rounds = 5;
const frameMs = 1000 / 60;

/** A finger or a wheel in a hurry. */
export interface Gesture {
  /** Where, in pixels from the left of the window. */
  x: number;
  /** In pixels, and pixels a second. */
  distance: number;
  speed: number;
  /** Where there is something to be scrolled to at first. */
  first: 'up' | 'down';
}

interface Run {
  dropped: number;
  frames: number;
  /** By the clock. */
  longTasks: number;
  longest: number;
  /** ms of work in the biggest task of the main thread: what a busy machine does not stretch. */
  mostWork: number;
  /** The same of all tasks, by frame. */
  workPerFrame: number;
}

/** The same gesture, there and back, over a page and over one that only has height, in turn. */
export async function compareScrolling(
  context: BrowserContext,
  page: Page,
  name: string,
  gesture: Gesture,
): Promise<void> {
  const empty = await context.newPage();
  await empty.goto('/health');
  await empty.setContent(
    '<div style="height:1000000px;background:linear-gradient(white,silver) 0 0/100% 400px"></div>',
  );
  const runs: Record<'page' | 'empty', Run[]> = { page: [], empty: [] };
  const there = gesture.first === 'up' ? 1 : -1;
  for (let round = 0; round < rounds; round += 1) {
    const isBack = round % 2 === 1;
    runs.empty.push(await scroll(empty, gesture, isBack ? 1 : -1));
    runs.page.push(await scroll(page, gesture, isBack ? (-there as 1 | -1) : there));
  }
  await empty.close();
  printRuns(name, gesture, runs);
}

function printRuns(name: string, { distance, speed }: Gesture, runs: Record<'page' | 'empty', Run[]>): void {
  const row = (what: string, all: readonly Run[]) => [
    what,
    median(all.map(({ frames }) => frames)),
    median(all.map(({ dropped, frames }) => (100 * dropped) / (dropped + frames))),
    all.reduce((sum, { longTasks }) => sum + longTasks, 0),
    Math.max(...all.map(({ longest }) => longest)),
    Math.max(...all.map(({ mostWork }) => mostWork)),
    median(all.map(({ workPerFrame }) => workPerFrame)),
  ];
  printTable(
    `Web app: scrolling ${distance.toLocaleString('en')} px at ${speed.toLocaleString('en')} px/s (median of ${rounds}; tasks of all). Bars: dropped frames no more than the empty scroller's, no task over 50 ms`,
    ['', 'frames', 'dropped, %', 'tasks > 50 ms', 'longest, ms', 'most work in one, ms', 'work a frame, ms'],
    [row('empty scroller', runs.empty), row(name, runs.page)],
  );
}

async function scroll(page: Page, gesture: Gesture, direction: 1 | -1): Promise<Run> {
  await page.bringToFront();
  const session = await page.context().newCDPSession(page);
  await ask(page, 'void (globalThis.stopFrames = bench.watchFrames())');
  const { all, most: mostWork } = await workOf(page, () => perform(session, gesture, direction));
  const { frames, tasks } = await ask<{ frames: number[]; tasks: number[] }>(page, 'globalThis.stopFrames()');
  await session.detach();
  const gaps = frames.slice(1).map((at, index) => at - frames[index]!);
  return {
    frames: frames.length,
    dropped: gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frameMs) - 1), 0),
    longTasks: tasks.filter((ms) => ms > 50).length,
    longest: Math.max(0, ...tasks),
    mostWork,
    workPerFrame: all / frames.length,
  };
}

const perform = (session: CDPSession, { x, distance, speed }: Gesture, direction: 1 | -1) =>
  session.send('Input.synthesizeScrollGesture', {
    x,
    y: 450,
    yDistance: direction * distance,
    speed,
    preventFling: true,
    gestureSourceType: 'mouse',
  });
