import type { Logger } from 'pino';

interface Options {
  seconds: number;
  stop(milliseconds: number): Promise<void>;
  print(line: string): void;
  logger: Logger;
}

/** Stops in good order on Ctrl-C, SIGTERM, or when the program that started this one is gone; at once on Ctrl-C after that. */
export function onStop({ seconds, stop, print, logger }: Options): void {
  let isStopping = false;

  async function begin(why: string): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    print(`Stopping (${why}).`);
    // Whatever hangs, the process ends; what was accepted is committed or was never acknowledged.
    setTimeout(() => process.exit(1), (seconds + 5) * 1_000).unref();
    try {
      await stop(seconds * 1_000);
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  }

  process.on('SIGINT', () => {
    if (isStopping) process.exit(130);
    void begin('interrupted');
  });
  // Comes twice where a service manager tells the whole group and the parent passes it on: that is not impatience.
  process.on('SIGTERM', () => void begin('asked to'));
  process.on('disconnect', () => void begin('its parent is gone'));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an unexpected error; the process ends');
    process.exit(1);
  });
}
