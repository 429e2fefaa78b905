import type { HubEvent } from '@parley/realtime';
import type { SigningKeys } from './adapters/keys.ts';
import type { Run } from './db/pipeline.ts';
import type { Db } from './db/schema.ts';
import type { Limits } from './http/limits.ts';
import { createLog, type Log } from './log/log.ts';
import type { Renderers } from './log/render.ts';
import { sessionEvents } from './modules/auth/events.ts';
import { type AuthSettings, createAuth } from './modules/auth/service.ts';
import { createAvatars } from './modules/avatars/service.ts';
import { blockEvents } from './modules/blocks/events.ts';
import { createBlocks, refuseBlocked } from './modules/blocks/service.ts';
import { blocksBetween } from './modules/blocks/store.ts';
import { chatEvents } from './modules/chats/events.ts';
import { createChats } from './modules/chats/service.ts';
import { draftEvents } from './modules/drafts/events.ts';
import { createDrafts } from './modules/drafts/service.ts';
import type { Blobs } from './modules/files/blobs.ts';
import { claimFiles } from './modules/files/claims.ts';
import { createExaminer, type ExaminerOptions } from './modules/files/examiner.ts';
import { createObjects } from './modules/files/objects.ts';
import { createResumable } from './modules/files/resumable.ts';
import type { Scanner } from './modules/files/scanner.ts';
import { createScratch } from './modules/files/scratch.ts';
import { createFiles, type FileSettings } from './modules/files/service.ts';
import { createSweep } from './modules/files/sweep.ts';
import { inviteEvents } from './modules/invites/events.ts';
import { waiting } from './modules/invites/requests.ts';
import { createInvites } from './modules/invites/service.ts';
import { memberEvents } from './modules/members/events.ts';
import { participants } from './modules/members/participants.ts';
import { createMembers } from './modules/members/service.ts';
import { messageEvents } from './modules/messages/events.ts';
import { createForwarding } from './modules/messages/forwarding.ts';
import type { Queue } from './modules/messages/queue.ts';
import { createMessages } from './modules/messages/service.ts';
import { tellService } from './modules/messages/service-messages.ts';
import { pinEvents } from './modules/pins/events.ts';
import { createPins } from './modules/pins/service.ts';
import { takeDown } from './modules/pins/take-down.ts';
import type { Roster } from './modules/presence/roster.ts';
import { createPresence } from './modules/presence/service.ts';
import { reactionEvents } from './modules/reactions/events.ts';
import { createReactions } from './modules/reactions/service.ts';
import * as reactionStore from './modules/reactions/store.ts';
import { readingEvents } from './modules/reading/events.ts';
import { createReading } from './modules/reading/service.ts';
import { createScheduled } from './modules/scheduled/service.ts';
import { createSearch } from './modules/search/service.ts';
import { settingsEvents } from './modules/settings/events.ts';
import { createSettings } from './modules/settings/service.ts';
import { createSync } from './modules/sync/service.ts';
import { createTyping } from './modules/typing/service.ts';
import { userEvents } from './modules/users/events.ts';
import { createUsers } from './modules/users/service.ts';

interface Options {
  db: Db;
  run: Run;
  publish(event: HubEvent): void;
  queue: Queue;
  keys: SigningKeys;
  limits: Limits;
  roster?: Roster | undefined;
  auth: AuthSettings;
  blobs: Blobs;
  scanner: Scanner | undefined;
  files: FileSettings;
  onExamined?: ExaminerOptions['onDone'];
  now(): number;
  onError(error: unknown, what: string): void;
}

export type Modules = Awaited<ReturnType<typeof createModules>>;

/** How each durable event is told. */
export function createRenderers(chatParts: Parameters<typeof chatEvents>[0]): Renderers {
  return {
    ...sessionEvents,
    ...userEvents,
    ...settingsEvents,
    ...chatEvents(chatParts),
    ...memberEvents,
    ...inviteEvents,
    ...blockEvents,
    ...draftEvents,
    ...messageEvents,
    ...reactionEvents,
    ...pinEvents,
    ...readingEvents,
  };
}

/** The product: every service, each handed what it needs of the others. */
export async function createModules(options: Options) {
  const { db, run, publish, queue, keys, limits, auth, now, onError } = options;
  let epoch = (): string => '';
  // Presence needs the members, and they the log, whose renderers show presence.
  const presenceOf = (viewer: string, userIds: readonly string[]) => presence.presenceOf(viewer, userIds);
  const renderers = createRenderers({ epoch: () => epoch(), presenceOf });
  const log: Log = await createLog({ db, renderers, publish, onError });
  epoch = log.epoch;

  const members = createMembers({ db, run, log, tellService, waiting, refuseBlocked });
  const roster = options.roster === undefined ? {} : { roster: options.roster };
  const presence = createPresence({ db, publish, clock: now, onError, ...roster });
  const settings = createSettings({ db, log });
  const blockedOf = async (viewer: string, userIds: readonly string[]) =>
    (await blocksBetween(db, viewer, userIds)).mine;
  const users = createUsers({ db, log, presenceOf, blockedOf, chatsOf: (trx, userId) => members.chatsOf(userId, trx) });
  /** Presence is told under the name and the privacy that hold now. */
  const andRefresh = <A extends unknown[], R>(change: (userId: string, ...rest: A) => Promise<R>) => {
    return async (userId: string, ...rest: A): Promise<R> => {
      const result = await change(userId, ...rest);
      await presence.refresh(userId);
      return result;
    };
  };
  const media = createMedia(options, log);
  const scheduled = createScheduled({
    db,
    members,
    now,
    holdFiles: (trx, userId, fileIds) => claimFiles(trx, userId, fileIds, now()),
  });
  const messages = createMessages({
    db,
    log,
    queue,
    members,
    now,
    claimFiles: media.files.claimForSending,
    schedule: scheduled.put,
    participantsOf: participants,
    reactionsOf: reactionStore.reactionsOf,
    async onErased(trx, tell, place, by) {
      await reactionStore.clear(trx, place);
      await takeDown(trx, tell, place.messageId, by);
    },
  });
  const chats = createChats({ db, log, members, tellService, presenceOf, onDeleted: scheduled.forgetFailed });
  const reading = createReading({
    db,
    log,
    members,
    now,
    tellsReceipts: async (userId) => (await settings.get(userId)).readReceipts,
    sequenceOf: messages.sequenceOf,
  });

  return {
    log,
    members,
    presence,
    settings: { ...settings, update: andRefresh(settings.update) },
    users: { ...users, updateMe: andRefresh(users.updateMe) },
    messages,
    reading,
    reactions: createReactions({ db, log, members, messages, now }),
    forwarding: createForwarding({
      db,
      queue,
      members,
      participantsOf: participants,
      publicTitleOf: chats.publicTitleOf,
    }),
    pins: createPins({ db, log, members, messages, tellService }),
    auth: await createAuth({ db, log, keys, clock: now, settings: auth }),
    chats,
    scheduled,
    drafts: createDrafts({ db, log, members, now }),
    blocks: createBlocks({ db, log, existingUsers: members.existingUsers, onChanged: presence.retell }),
    invites: createInvites({ db, log, members, getChat: chats.get, now }),
    ...media,
    avatars: createAvatars({ ...media, scanner: options.scanner, users, chats }),
    sync: createSync({ log, members }),
    search: createSearch({ db, members }),
    typing: createTyping({ members, limits, publish }),
  };
}

/** Files, from their arrival to their removal. */
function createMedia(options: Options, log: Log) {
  const { db, blobs, scanner, now, onError, onExamined } = options;
  const scratch = createScratch();
  const examining = { db, log, blobs, scratch, scanner, onError };
  const examiner = createExaminer(onExamined === undefined ? examining : { ...examining, onDone: onExamined });
  const hasScanner = scanner !== undefined;
  const files = createFiles({ db, blobs, scratch, examiner, hasScanner, settings: options.files, now });
  return {
    scratch,
    examiner,
    files,
    objects: createObjects({ db, blobs, now }),
    uploads: createResumable({ db, blobs, scratch, files, now }),
    sweepFiles: createSweep({ db, blobs, now }),
  };
}
