import { Chat } from '../chats.ts';
import { AvatarChoice, Sticker, StoredFile, UploadConfirmation, UploadGrant, UploadRequest } from '../files.ts';
import { described, Id, listOf, optional, Type } from '../schema.ts';
import { Me } from '../users.ts';
import { chatParams } from './params.ts';
import type { Route } from './route.ts';

const fileParams = Type.Object({ fileId: described(Id, 'What an attachment names.') });
const uploadParams = Type.Object({
  uploadId: described(Id, 'The end of the `Location` it was begun with; of the file, too.'),
});

const tusType = 'application/offset+octet-stream';

/** What may be wrong with a picture that is to stand for somebody. */
const pictureErrors = [
  'file_empty',
  'file_too_large',
  'file_not_found',
  'file_not_ready',
  'file_rejected',
  'upload_incomplete',
  'not_an_image',
] as const;

export const fileRoutes = {
  'files.upload': {
    method: 'POST',
    path: '/files',
    summary: 'Upload a file in one request.',
    access: 'signed_in',
    limit: 'upload',
    form: 'file',
    responses: { 201: StoredFile },
    errors: ['file_empty', 'file_too_large', 'quota_exceeded'],
  },
  'files.download': {
    method: 'GET',
    path: '/files/:fileId/download',
    summary: 'Leads to the bytes, for whoever may see a message with the file, and its owner.',
    access: 'signed_in',
    params: fileParams,
    query: Type.Object({
      thumbnail: optional(Type.Boolean({ description: 'True: the small picture of it; false by default.' })),
    }),
    responses: { 302: null },
    errors: ['file_not_found', 'file_not_ready', 'file_rejected', 'upload_incomplete'],
  },
  'uploads.create': {
    method: 'POST',
    path: '/files/resumable',
    summary:
      'Begin an upload that can be resumed (tus 1.0, creation): `Upload-Length`, `Upload-Metadata` with `filename`.',
    access: 'signed_in',
    limit: 'upload',
    responses: { 201: null },
    errors: ['validation_error', 'tus_version', 'file_empty', 'file_too_large', 'quota_exceeded'],
  },
  'uploads.offset': {
    method: 'HEAD',
    path: '/files/resumable/:uploadId',
    summary: 'How much of it has arrived: `Upload-Offset`.',
    access: 'signed_in',
    params: uploadParams,
    responses: { 200: null },
    errors: ['tus_version', 'file_not_found', 'gone'],
  },
  'uploads.append': {
    method: 'PATCH',
    path: '/files/resumable/:uploadId',
    summary: 'The next bytes, from `Upload-Offset` on. What arrived of a broken request is kept.',
    access: 'signed_in',
    limit: 'chunk',
    params: uploadParams,
    bytes: tusType,
    responses: { 204: null },
    errors: ['validation_error', 'tus_version', 'file_not_found', 'gone', 'offset_mismatch', 'file_too_large'],
  },
  'uploads.cancel': {
    method: 'DELETE',
    path: '/files/resumable/:uploadId',
    summary: 'Give it up (tus 1.0, termination).',
    access: 'signed_in',
    limit: 'write',
    params: uploadParams,
    responses: { 204: null },
    errors: ['tus_version', 'file_not_found', 'gone'],
  },
  'media.requestUpload': {
    method: 'POST',
    path: '/media/request-upload',
    summary: 'Where to send a file oneself: straight to the store.',
    access: 'signed_in',
    limit: 'upload',
    body: UploadRequest,
    responses: { 200: UploadGrant },
    errors: ['file_too_large', 'quota_exceeded'],
  },
  'media.confirmUpload': {
    method: 'POST',
    path: '/media/confirm-upload',
    summary: 'The bytes are there: take them over.',
    access: 'signed_in',
    limit: 'upload',
    body: UploadConfirmation,
    responses: { 200: StoredFile },
    errors: ['file_not_found', 'gone', 'upload_incomplete', 'quota_exceeded'],
  },
  'media.status': {
    method: 'GET',
    path: '/media/:fileId/status',
    summary: 'A file of one’s own and how far it is.',
    access: 'signed_in',
    params: fileParams,
    responses: { 200: StoredFile },
    errors: ['file_not_found'],
  },
  'stickers.list': {
    method: 'GET',
    path: '/stickers',
    summary: 'The stickers there are.',
    access: 'signed_in',
    responses: { 200: listOf(Sticker) },
  },
  'me.setAvatar': {
    method: 'PUT',
    path: '/me/avatar',
    summary: "One's picture: in the request, or a file uploaded before.",
    access: 'signed_in',
    limit: 'upload',
    form: 'file',
    body: AvatarChoice,
    responses: { 200: Me },
    errors: [...pictureErrors],
  },
  'me.removeAvatar': {
    method: 'DELETE',
    path: '/me/avatar',
    summary: 'No picture.',
    access: 'signed_in',
    limit: 'write',
    responses: { 200: Me },
  },
  'chats.setAvatar': {
    method: 'POST',
    path: '/chats/:chatId/avatar',
    summary: 'Its picture: in the request, or a file uploaded before.',
    access: 'admin',
    limit: 'upload',
    form: 'file',
    params: chatParams,
    body: AvatarChoice,
    responses: { 200: Chat },
    errors: ['chat_not_found', 'forbidden', ...pictureErrors],
  },
  'chats.removeAvatar': {
    method: 'DELETE',
    path: '/chats/:chatId/avatar',
    summary: 'No picture.',
    access: 'admin',
    limit: 'write',
    params: chatParams,
    responses: { 200: Chat },
    errors: ['chat_not_found', 'forbidden'],
  },
} as const satisfies Record<string, Route>;
