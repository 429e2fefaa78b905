import { described, Id, oneOf, optional, type Static, Timestamp, Type } from './schema.ts';

export const usernamePattern = '^[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{1,30}[a-zA-Z0-9])$';
export const Username = Type.String({ minLength: 3, maxLength: 32, pattern: usernamePattern });
/** At least one visible character, no control characters. */
export const DisplayName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$',
});
export const Bio = Type.String({ maxLength: 500 });
export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@\\u0000]+@[^\\s@\\u0000]+$' });

/** How many people one may have blocked. */
export const maxBlocks = 1_000;

export const PresenceStatus = oneOf('online', 'offline');
export const PresenceState = oneOf('online', 'away', 'offline');

/** Presence as the viewer may see it. `status` is what older clients read: away counts as offline there. */
export const Presence = Type.Object({
  status: described(PresenceStatus, 'For clients that know two states: `away` counts as `offline` here.'),
  state: described(
    PresenceState,
    '`away`: connected, but not at it. People who may not be seen are `offline` like those who are gone.',
  ),
  lastSeen: optional(
    described(
      Timestamp,
      'Of people who are offline, as their privacy allows: exact, down to the hour or day, or absent.',
    ),
  ),
});
export type Presence = Static<typeof Presence>;

export const User = Type.Object({
  id: described(Id, 'The same for good, whatever the person is called.'),
  username: Type.String({ description: 'Unique, whatever the case; 3 to 32 characters. Its owner may change it.' }),
  displayName: Type.String({ description: 'What to show; 1 to 64 characters, not unique.' }),
  bio: optional(
    Type.String({ description: 'What they say of themselves, up to 500 characters; absent when nothing.' }),
  ),
  avatarUrl: optional(
    Type.String({ description: 'Path on this server of a square WebP picture, another for each; absent without one.' }),
  ),
  presence: optional(described(Presence, 'As the viewer may see it; absent where presence is not told.')),
  isBlocked: optional(Type.Literal(true, { description: 'The viewer has blocked them; absent when not.' })),
});
export type User = Static<typeof User>;

/** Oneself. */
export const Me = Type.Object({
  ...User.properties,
  email: Type.String({ description: 'Told to nobody else.' }),
  isAdmin: Type.Boolean({ description: 'Whether one administers the installation.' }),
  createdAt: described(Timestamp, 'When one registered.'),
});
export type Me = Static<typeof Me>;

export const ProfileChange = Type.Object({
  displayName: optional(described(DisplayName, 'Absent: as it is.')),
  bio: optional(described(Bio, 'Empty takes it away; absent: as it is.')),
  username: optional(described(Username, 'Must be free; absent: as it is.')),
});

/** Settings that follow a person from device to device. */
export const UserSettings = Type.Object({
  lastSeenPrivacy: described(
    oneOf('everyone', 'contacts', 'approx_only', 'nobody'),
    'Who sees whether one is here, and since when not: all one shares a chat with (`everyone`), those of direct chats (`contacts`), all but only roughly when (`approx_only`), or nobody.',
  ),
  readReceipts: Type.Boolean({
    description: 'Whether others see how far one has read. Who does not tell is not told, either.',
  }),
  theme: described(oneOf('system', 'light', 'dark'), 'Colours of the app; `system`: as the device has it.'),
  language: Type.String({
    maxLength: 16,
    description: 'Of the app, as a language tag (BCP 47); empty: that of the device.',
  }),
  notifications: Type.Boolean({ description: 'Whether new messages are notified at all; chats are muted one by one.' }),
  app: Type.Record(
    Type.String({ maxLength: 40 }),
    Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Boolean()]),
    {
      maxProperties: 50,
      description: 'Keys the app keeps for itself (accent, text size, wallpaper, ...): 50 at most, kept as they come.',
    },
  ),
});
export type UserSettings = Static<typeof UserSettings>;
export const UserSettingsChange = Type.Partial(UserSettings);
