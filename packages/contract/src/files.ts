import { described, Id, oneOf, optional, type Static, Timestamp, Type } from './schema.ts';

export const FileStatus = described(
  oneOf('pending', 'processing', 'ready', 'rejected'),
  '`pending`: its bytes are awaited. `processing`: it is being examined. `rejected`: damaged or harmful, never handed out.',
);
export type FileStatus = Static<typeof FileStatus>;

export const maxFileNameLength = 255;
/** How many files one message carries at most. */
export const maxFilesPerMessage = 10;

export const FileName = Type.String({ minLength: 1, maxLength: maxFileNameLength });
export const Waveform = Type.Array(Type.Integer({ minimum: 0, maximum: 100 }), {
  maxItems: 100,
  description: 'Of a voice message: loudness from 0 to 100 at even distances, for its picture.',
});
export const Duration = Type.Number({
  minimum: 0,
  maximum: 86_400,
  description: 'Of a voice message: its length in seconds, as the sender measured it.',
});

const measures = {
  width: optional(
    Type.Integer({
      description:
        'Pixels, of pictures: as they arrived, and once examined as they are shown. Absent for anything else.',
    }),
  ),
  height: optional(Type.Integer({ description: 'Pixels; there with `width`.' })),
};

const facts = {
  name: Type.String({
    description:
      'As it was uploaded, without path and control characters; an examined picture may have another ending.',
  }),
  mimeType: Type.String({ description: 'What was claimed, and once examined what the bytes are.' }),
  size: Type.Integer({ description: 'Bytes.' }),
  url: Type.String({
    description: 'Path on this server: it asks who one is, and leads to the bytes. It never changes.',
  }),
  status: FileStatus,
};
const thumbnailUrl = optional(
  Type.String({ description: 'Path on this server of a small picture, as `url`; absent when there is none.' }),
);

/** A file as its owner sees it. `url` is a path of this server; it answers those who may have the file, and never changes. */
export const StoredFile = Type.Object({
  id: described(Id, 'What messages name in `fileIds`.'),
  ...facts,
  objectKey: Type.String({ description: 'Where the bytes lie in the store; of no use without access to it.' }),
  ...measures,
  thumbnailUrl,
});
export type StoredFile = Static<typeof StoredFile>;

/** A file in a message. */
export const Attachment = Type.Object({
  fileId: described(Id, 'The same in every message that carries the file.'),
  ...facts,
  ...measures,
  durationSeconds: optional(
    Type.Number({ description: 'Of a voice message: its length in seconds; absent for anything else.' }),
  ),
  waveform: optional(Waveform),
  thumbnailUrl,
});
export type Attachment = Static<typeof Attachment>;

export const Sticker = Type.Object({
  id: Type.String({ description: 'What a message names in `stickerId`.' }),
  label: Type.String({ description: 'What it shows, in English words, for those who do not see it.' }),
  url: Type.String({ description: 'Path on this server of its WebP picture, for anyone.' }),
});
export type Sticker = Static<typeof Sticker>;

export const UploadRequest = Type.Object({
  name: described(FileName, 'What others will see, once path and control characters are left off.'),
  mimeType: Type.String({
    minLength: 3,
    maxLength: 127,
    pattern: '^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[\\x20-\\x7e]*)?$',
    description: 'What it is said to be, as in `text/plain`; the bytes decide.',
  }),
  size: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Bytes, exactly. The installation sets how many one file and one person may have.',
  }),
});
export type UploadRequest = Static<typeof UploadRequest>;

/** Where to send the bytes: `method` to `uploadUrl` with exactly these headers, until `expiresAt`. */
export const UploadGrant = Type.Object({
  id: described(Id, 'Of the file to be: what to confirm, and then to send.'),
  uploadUrl: Type.String({ description: 'Whole address in the store; whoever has it may write there.' }),
  method: Type.Literal('PUT', { description: 'How to send them.' }),
  headers: Type.Record(Type.String(), Type.String(), { description: 'Signed with the address: exactly these.' }),
  objectKey: Type.String({ description: 'Where the bytes will lie in the store.' }),
  expiresAt: described(Timestamp, 'From then on the address takes nothing.'),
});
export type UploadGrant = Static<typeof UploadGrant>;

export const UploadConfirmation = Type.Object({ id: described(Id, 'From the upload that was requested.') });

/** A picture that was uploaded before, instead of one in the request. */
export const AvatarChoice = Type.Object({ fileId: described(Id, 'A picture of one’s own that is `ready`.') });
