// Runs in the page, before anything else: watches for what is measured.
const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))));

/** When, in ms since the page began, something that fits the selector was painted. */
async function firstPaintOf(selector) {
  while (document.querySelector(selector) === null) {
    await new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(selector) === null) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document, { childList: true, subtree: true });
    });
  }
  return painted();
}

/** From the click on a link until a row with this sequence is painted. */
async function clickTo(linkSelector, rowSelector) {
  const began = performance.now();
  document.querySelector(linkSelector).click();
  return (await firstPaintOf(rowSelector)) - began;
}

/** Frames and long tasks until `stop` is called. */
function watchFrames() {
  const frames = [];
  const tasks = [];
  let isOver = false;
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const tick = (now) => {
    frames.push(now);
    if (!isOver) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  return () => {
    isOver = true;
    tasks.push(...observer.takeRecords().map(({ duration }) => duration));
    observer.disconnect();
    return { frames, tasks };
  };
}

/** ms from each key to the paint after it, until `stop` is called. */
function watchKeys() {
  const times = [];
  const onKey = async () => {
    const began = performance.now();
    times.push((await painted()) - began);
  };
  addEventListener('keydown', onKey, { capture: true });
  return () => {
    removeEventListener('keydown', onKey, { capture: true });
    return times;
  };
}

/** Opens a chat as the router would, and waits until its messages are there. */
async function switchTo(chatId) {
  history.pushState({ position: history.length }, '', `/app/c/${chatId}`);
  dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
  await firstPaintOf(`[data-chat="${chatId}"] [data-row]`);
}

globalThis.bench = { firstPaintOf, clickTo, watchFrames, watchKeys, switchTo };
