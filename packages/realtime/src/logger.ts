import type { Logger } from './types.ts';

/** For embedders that hand in no logger. */
export const silentLogger: Logger = { warn() {}, error() {} };
