import { answerCalls } from '../../programs.ts';
import { type ClientsRequest, openClients } from './clients.ts';

/** Frames heard over all connections to all instances. */
let heard = 0;
let awaited = Number.POSITIVE_INFINITY;
let onHeard = (): void => {};

async function connect(request: ClientsRequest): Promise<void> {
  const onFrame = () => {
    heard += 1;
    if (heard >= awaited) onHeard();
  };
  for (const socket of await openClients(request, () => ({ onFrame }))) socket.on('close', fail);
}

/** Ends this process, and with it the run. */
function fail(): never {
  throw new Error('the server closed a connection');
}

/** Resolves when so many frames came since the last call. */
async function hear({ frames }: { frames: number }): Promise<void> {
  awaited = frames;
  if (heard < frames) await new Promise<void>((resolve) => (onHeard = resolve));
  heard -= frames;
  awaited = Number.POSITIVE_INFINITY;
}

const calls = { connect, hear };
export type HearingLoad = typeof calls;

answerCalls(calls);
