import type { Cluster } from 'ioredis';
import { connectCluster, type RedisTarget } from './connect.ts';
import type { Wire, WireHandlers } from './wire.ts';

/**
 * Sharded pub/sub goes by slots, and a command may name one slot only. So channels are spread over this many hash tags:
 * few enough for large commands, enough for every server to carry its share.
 */
export const partitions = 128;

export function createClusterWire(target: RedisTarget, probe: string, handlers: WireHandlers): Wire {
  let cluster = open();

  /** The client subscribes again by itself when one server is replaced; what it was given is not given twice. */
  function open(): { client: Cluster; held: Set<string> } {
    const client = connectCluster(target);
    const held = new Set<string>();
    const ifCurrent = (handle: () => void) => () => client === cluster.client && handle();
    client.on('error', handlers.onError);
    client.on('smessageBuffer', handlers.onMessage);
    client.on('messageBuffer', handlers.onMessage);
    client.on('ready', ifCurrent(handlers.onOpen));
    client.on('close', ifCurrent(handlers.onLost));
    return { client, held };
  }

  async function subscribeTag(tagged: readonly string[]): Promise<void> {
    const { client, held } = cluster;
    await client.ssubscribe(...tagged);
    for (const channel of tagged) held.add(channel);
  }

  return {
    publish: (channel, text) => cluster.client.spublish(tag(channel), text),
    subscribe(channels) {
      const fresh = channels.map(tag).filter((channel) => !cluster.held.has(channel));
      return Promise.all(Array.from(Map.groupBy(fresh, tagOf).values(), subscribeTag));
    },
    unsubscribe(channels) {
      const gone = channels.map(tag).filter((channel) => cluster.held.delete(channel));
      const byTag = Map.groupBy(gone, tagOf).values();
      return Promise.all(Array.from(byTag, (tagged) => cluster.client.sunsubscribe(...tagged)));
    },
    /** Others may publish either way. */
    subscribeOpenly: (channel) => Promise.all([cluster.client.subscribe(channel), cluster.client.ssubscribe(channel)]),
    probes: () => probesOf(cluster.client, probe),
    reconnect() {
      cluster.client.disconnect();
      cluster = open();
    },
    close() {
      cluster.client.disconnect();
    },
  };
}

/** One probe for each server that carries a partition. */
function probesOf({ slots }: Cluster & { slots?: string[][] }, probe: string): string[] {
  const byServer = new Map<string, string>();
  for (let partition = 0; partition < partitions; partition += 1) {
    const server = slots?.[slotOf(String(partition))]?.[0] ?? '';
    if (!byServer.has(server)) byServer.set(server, `{${partition}}${probe}`);
  }
  return Array.from(byServer.values());
}

const isTagged = /^\{\d+\}/;

function tag(channel: string): string {
  return isTagged.test(channel) ? channel : `{${hashOf(channel) % partitions}}${channel}`;
}

function tagOf(channel: string): string {
  return channel.slice(0, channel.indexOf('}'));
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** CRC16 (XMODEM) modulo 16384: Redis Cluster specification, "Key distribution model". */
function slotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % 16_384;
}
