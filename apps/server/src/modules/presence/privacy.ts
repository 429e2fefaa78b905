import { chatTopic, type Presence, type UserSettings, userTopic } from '@parley/contract';
import type { State } from './roster.ts';

export type LastSeenPrivacy = UserSettings['lastSeenPrivacy'];

/** What somebody is to the person they ask about. */
export interface Relation {
  isSelf: boolean;
  sharesChat: boolean;
  sharesDirectChat: boolean;
  /** By the person they ask about. */
  isBlocked: boolean;
}

/** The chats whose members are told of a person's presence. */
export interface Reach {
  directChats: readonly string[];
  otherChats: readonly string[];
}

const hour = 3_600_000;
const day = 24 * hour;
const known: readonly unknown[] = ['everyone', 'contacts', 'approx_only', 'nobody'] satisfies LastSeenPrivacy[];

/** What somebody is told who may see nothing: the same as of a person who was never here. */
export const hidden: Presence = { status: 'offline', state: 'offline' };

/** Of people with this id, for connections that watch them. */
export const presenceTopic = (userId: string): string => `presence:${userId}`;

/** As stored in the settings. A value this version does not know hides more rather than less. */
export function privacyOf(setting: unknown): LastSeenPrivacy {
  if (setting === undefined || setting === null) return 'everyone';
  return known.includes(setting) ? (setting as LastSeenPrivacy) : 'nobody';
}

export function maySee(privacy: LastSeenPrivacy, relation: Relation): boolean {
  if (relation.isSelf) return true;
  if (privacy === 'nobody' || relation.isBlocked) return false;
  return privacy === 'contacts' ? relation.sharesDirectChat : relation.sharesChat;
}

/** The topics on which those are who may see it, the person's own first. */
export function audienceOf(userId: string, privacy: LastSeenPrivacy, reach: Reach): [string, ...string[]] {
  const own = userTopic(userId);
  if (privacy === 'nobody') return [own];
  const direct = reach.directChats.map(chatTopic);
  if (privacy === 'contacts') return [own, ...direct];
  return [own, ...direct, ...reach.otherChats.map(chatTopic), presenceTopic(userId)];
}

const breadth: Record<LastSeenPrivacy, number> = { everyone: 2, approx_only: 2, contacts: 1, nobody: 0 };

export const isNarrower = (now: LastSeenPrivacy, before: LastSeenPrivacy): boolean => breadth[now] < breadth[before];
export const isBroader = (now: LastSeenPrivacy, before: LastSeenPrivacy): boolean => breadth[now] > breadth[before];

/** A person's presence as those see it who may; when one was last seen is told of people who are gone only. */
export function describe(
  state: State,
  lastSeen: Date | null | undefined,
  privacy: LastSeenPrivacy,
  now: number,
): Presence {
  if (state !== 'offline') return { status: state === 'online' ? 'online' : 'offline', state };
  if (!lastSeen) return hidden;
  const shown = privacy === 'approx_only' ? approximate(lastSeen, now) : lastSeen;
  return { ...hidden, lastSeen: shown.toISOString() };
}

/** Down to the hour within a day, to the day (UTC) before that. */
export function approximate(lastSeen: Date, now: number): Date {
  const at = lastSeen.getTime();
  const bucket = now - at < day ? hour : day;
  return new Date(at - (at % bucket));
}
