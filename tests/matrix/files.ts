import type { StoredFile, UploadGrant } from '@parley/contract';
import type { Person } from '../../apps/server/src/testing/people.ts';
import { form } from '../support/files.ts';
import type { Caller, Scene, Stage } from './stage.ts';

export const tus = { 'tus-resumable': '1.0.0' };

/** Who is nobody, or no longer, has nothing of their own: a stranger's stands in for it. */
const personOf = ({ people, stranger }: Stage, caller: Caller): Person => people[caller as 'owner'] ?? stranger;

const upload = async (person: Person): Promise<string> =>
  (await person.ask<StoredFile>('POST', '/files', { body: form() })).id;

export const uploaded = (stage: Stage, caller: Caller): Promise<string> => upload(personOf(stage, caller));

export const ofStranger = async (_scene: Scene, { stranger }: Stage) => ({
  params: { fileId: await upload(stranger) },
});

/** A file that one of the chat sent there. */
export async function shown({ chatId }: Scene, { people: { owner } }: Stage) {
  const fileId = await upload(owner);
  await owner.ask('POST', `/chats/${chatId}/messages`, { body: { fileIds: [fileId] } });
  return { params: { fileId } };
}

export async function begunBy(person: Person) {
  const { headers } = await person.call('POST', '/files/resumable', { headers: { ...tus, 'upload-length': '5' } });
  return { params: { uploadId: headers.get('location')?.split('/').at(-1) ?? '' }, headers: tus };
}

export const begun = (stage: Stage, caller: Caller) => begunBy(personOf(stage, caller));

export const appending = (input: Awaited<ReturnType<typeof begunBy>>) => ({
  ...input,
  body: new TextEncoder().encode('hel'),
  headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
});

export async function requested(stage: Stage, caller: Caller): Promise<string> {
  const body = { name: 'a.txt', mimeType: 'text/plain', size: 5 };
  return (await personOf(stage, caller).ask<UploadGrant>('POST', '/media/request-upload', { body })).id;
}
