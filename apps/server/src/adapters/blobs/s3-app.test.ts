import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Me, StoredFile, UploadGrant } from '@parley/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../config.ts';
import { openBlobs } from '../../start/files.ts';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import { type S3Server, startS3Server } from '../../testing/s3.ts';
import { loadOrCreateKeys } from '../keys.ts';

let server: S3Server;
let app: TestApp;
let ann: Person;
beforeAll(async () => {
  server = await startS3Server();
  const { accessKeyId: s3AccessKey, secretAccessKey: s3SecretKey } = server.credentials;
  const keys = { s3AccessKey, s3SecretKey };
  app = await startApp({ config: { s3Bucket: server.bucket, s3Endpoint: server.endpoint, ...keys } });
  ann = await buildUser(app.url, 'ann');
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

const picture = async () =>
  new Uint8Array(
    await sharp({ create: { width: 60, height: 30, channels: 3, background: 'teal' } })
      .png()
      .toBuffer(),
  );

function form(bytes: string | Uint8Array<ArrayBuffer>, name: string): FormData {
  const body = new FormData();
  body.set('file', new Blob([bytes]), name);
  return body;
}

async function download(file: StoredFile): Promise<Response> {
  const { headers } = await ann.call('GET', `/files/${file.id}/download`);
  const location = headers.get('location')!;
  expect(location.startsWith(`${server.endpoint}/${server.bucket}/uploads/`)).toBe(true);
  return fetch(location);
}

test('an upload is in the bucket, and had from there', async () => {
  const text = await ann.ask<StoredFile>('POST', '/files', { body: form('hello', 'a.txt') });
  expect(await (await download(text)).text()).toBe('hello');
  const image = await ann.ask<StoredFile>('POST', '/files', { body: form(await picture(), 'a.png') });
  expect(image).toMatchObject({ status: 'ready', width: 60, height: 30 });
  expect(await sharp(await (await download(image)).arrayBuffer()).metadata()).toMatchObject({ width: 60, height: 30 });
});

test('an upload in parts becomes one object', async () => {
  const tus = { 'tus-resumable': '1.0.0' };
  const made = await ann.call('POST', '/files/resumable', { headers: { ...tus, 'upload-length': '10' } });
  const id = made.headers.get('location')!.split('/').at(-1)!;
  for (const [offset, text] of [
    [0, 'hello'],
    [5, 'there'],
  ] as const) {
    const headers = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
    await ann.ask('PATCH', `/files/resumable/${id}`, { headers, body: new TextEncoder().encode(text) });
  }
  const file = await ann.ask<StoredFile>('GET', `/media/${id}/status`);
  expect(await (await download(file)).text()).toBe('hellothere');
});

test('an upload goes straight to the bucket, and is taken over from there', async () => {
  const bytes = await picture();
  const body = { name: 'me.png', mimeType: 'image/png', size: bytes.length };
  const grant = await ann.ask<UploadGrant>('POST', '/media/request-upload', { body });
  expect(grant.uploadUrl.startsWith(`${server.endpoint}/${server.bucket}/${grant.objectKey}`)).toBe(true);
  expect((await fetch(grant.uploadUrl, { method: grant.method, headers: grant.headers, body: bytes })).status).toBe(
    200,
  );
  const file = await ann.ask<StoredFile>('POST', '/media/confirm-upload', { body: { id: grant.id } });
  expect(file).toMatchObject({ status: 'ready', width: 60, height: 30 });
  expect(file.objectKey).not.toBe(grant.objectKey);
  const me = await ann.ask<Me>('PUT', '/me/avatar', { body: { fileId: file.id } });
  expect((await fetch(`${app.url}${me.avatarUrl}`)).headers.get('content-type')).toBe('image/webp');
});

test('a start waits for a bucket, and ends where waiting is of no use', async () => {
  const keys = await loadOrCreateKeys(
    tmpdir(),
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  const { accessKeyId: s3AccessKey, secretAccessKey: s3SecretKey } = server.credentials;
  const given = { ...loadConfig({ argv: [], env: {} }), s3Endpoint: server.endpoint, s3AccessKey, s3SecretKey };
  await (await openBlobs({ ...given, s3Bucket: server.bucket }, keys)).ready(() => {});
  const missing = await openBlobs({ ...given, s3Bucket: 'nothing' }, keys);
  await expect(missing.ready(() => {})).rejects.toThrow('AWS_S3_BUCKET');
});

test('pages may show what is in the bucket, and send there', async () => {
  const policy = (await fetch(`${app.url}/v1/health`)).headers.get('content-security-policy')!;
  for (const part of ['img-src', 'media-src', 'connect-src'])
    expect(policy.split('; ').find((one) => one.startsWith(part))).toContain(server.endpoint);
});
