import type { ChatType } from '@parley/contract';
import { everyday } from './texts/everyday.ts';
import { plans } from './texts/plans.ts';
import { houseNews, libraryNews, notes } from './texts/posts.ts';

export interface DemoChat {
  type: ChatType;
  title?: string;
  description?: string;
  publicName?: string;
  /** Usernames; the first one makes it. */
  members: readonly string[];
  texts: readonly (readonly string[])[];
  /** How many messages, about. */
  size: number;
  /** Minutes since the last message. */
  quietFor: number;
  /** How many messages at its end have not been read, by whom. */
  unread?: Readonly<Record<string, number>>;
}

const everybody = [
  'alice',
  'bob',
  'carol',
  'dana',
  'emre',
  'fatima',
  'george',
  'hana',
  'ivan',
  'julia',
  'kofi',
  'lena',
] as const;

const posts = (texts: readonly string[]): string[][] => texts.map((text) => [`a: ${text}`]);
const from = (first: string): string[] => [first, ...everybody.filter((name) => name !== first)];

const direct = (
  members: readonly [string, string],
  size: number,
  quietFor: number,
  unread: Record<string, number> = {},
): DemoChat => ({ type: 'direct', members, texts: everyday, size, quietFor, unread });

const group = (title: string, members: readonly string[], size: number, quietFor: number): DemoChat => ({
  type: 'group',
  title,
  members,
  texts: [...plans, ...everyday.slice(0, 12)],
  size,
  quietFor,
});

export const chats: readonly DemoChat[] = [
  direct(['alice', 'bob'], 340, 4),
  direct(['alice', 'carol'], 220, 47, { alice: 2 }),
  {
    ...group('Saturday Hikes', ['alice', 'bob', 'carol', 'hana', 'emre', 'george', 'kofi'], 420, 12),
    description: 'Out by train, back by dusk.',
    unread: { alice: 2, emre: 9 },
  },
  {
    ...group('Elm Street 12', ['george', 'alice', 'bob', 'carol', 'fatima', 'ivan', 'lena'], 380, 190),
    description: 'Neighbours. Please no parcels after ten.',
    unread: { bob: 6 },
  },
  { ...group('Book Club', ['julia', 'alice', 'carol', 'dana', 'kofi'], 260, 1_500), unread: { alice: 1, carol: 4 } },
  group('Band practice 🎻', ['dana', 'bob', 'emre', 'ivan'], 180, 2_900),
  direct(['alice', 'dana'], 130, 3_400),
  direct(['emre', 'alice'], 110, 95, { alice: 1 }),
  direct(['hana', 'alice'], 120, 420),
  direct(['george', 'alice'], 60, 9_800),
  direct(['alice', 'julia'], 90, 5_900),
  direct(['bob', 'carol'], 160, 260),
  direct(['bob', 'george'], 70, 8_000),
  direct(['carol', 'kofi'], 90, 700, { carol: 3 }),
  direct(['bob', 'hana'], 60, 12_500),
  direct(['carol', 'fatima'], 70, 1_250),
  direct(['ivan', 'alice'], 24, 21_000),
  { type: 'direct', members: ['alice'], texts: posts(notes), size: 14, quietFor: 1_100 },
  {
    type: 'channel',
    title: 'Harbour Library',
    description: 'What is new between the shelves.',
    publicName: 'harbour_library',
    members: from('julia'),
    texts: posts(libraryNews),
    size: 46,
    quietFor: 330,
    unread: { alice: 2, bob: 5, carol: 12 },
  },
  {
    type: 'channel',
    title: 'Elm Street News',
    description: 'From the house office.',
    publicName: 'elm_street_news',
    members: from('george'),
    texts: posts(houseNews),
    size: 34,
    quietFor: 2_100,
    unread: { carol: 1 },
  },
];
