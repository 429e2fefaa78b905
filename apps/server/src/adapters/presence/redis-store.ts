import type { Cluster, Redis } from 'ioredis';
import { inboxOf, keys, type ScriptName, scripts } from './scripts.ts';

/** The scripts as functions. Each is one step in Redis; each rejects while Redis cannot be reached. */
export interface PresenceStore {
  run(script: ScriptName, ...args: (string | number)[]): Promise<unknown>;
  onMessage(listener: (text: string) => void): void;
  /** Called on every connection on which messages arrive. */
  onOpen(listener: () => void): void;
  onLost(listener: () => void): void;
  close(): void;
}

interface Options {
  /** For commands. It is the caller's, and closed by the caller. */
  commands: Redis | Cluster;
  /** A connection of its own. */
  subscriber: Redis | Cluster;
  isCluster: boolean;
  instanceId: string;
}

type Script = (...args: (string | number)[]) => Promise<unknown>;

export function createPresenceStore({ commands, subscriber, isCluster, instanceId }: Options): PresenceStore {
  const publish = isCluster ? 'SPUBLISH' : 'PUBLISH';
  for (const [name, lua] of Object.entries(scripts)) {
    commands.defineCommand(commandOf(name), { numberOfKeys: keys.length, lua });
  }
  let onOpen = () => {};
  let onLost = () => {};

  async function open(): Promise<void> {
    const inbox = inboxOf(instanceId);
    try {
      await (isCluster ? subscriber.ssubscribe(inbox) : subscriber.subscribe(inbox));
      onOpen();
    } catch {
      // It broke meanwhile; the next one is tried in its turn.
    }
  }

  subscriber.on('ready', () => void open());
  subscriber.on('close', () => onLost());
  if (subscriber.status === 'ready') void open();

  return {
    run: (script, ...args) =>
      (commands as unknown as Record<string, Script>)[commandOf(script)]!.call(commands, ...keys, publish, ...args),
    onMessage(listener) {
      subscriber.on(isCluster ? 'smessage' : 'message', (_channel: string, text: string) => listener(text));
    },
    onOpen(listener) {
      onOpen = listener;
    },
    onLost(listener) {
      onLost = listener;
    },
    close: () => subscriber.disconnect(),
  };
}

const commandOf = (script: string): string => `presence_${script}`;
