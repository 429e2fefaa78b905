import type { Attachment } from '@parley/contract';
import { expect, it } from 'vitest';
import { type Carrier, type WhatItIs, whatItIs } from './what-it-is.ts';

const file = (name: string, mimeType: string) => ({ name, mimeType }) as Attachment;
const photo = file('a.jpg', 'image/jpeg');
const paper = file('plan.pdf', 'application/pdf');

it.each<[string, Carrier, WhatItIs | undefined]>([
  ['text', { messageType: 'text' }, undefined],
  ['a picture', { messageType: 'file', attachments: [photo] }, { kind: 'picture', count: 1, name: undefined }],
  ['pictures', { messageType: 'file', attachments: [photo, photo] }, { kind: 'picture', count: 2, name: undefined }],
  ['a file', { messageType: 'file', attachments: [paper] }, { kind: 'file', count: 1, name: 'plan.pdf' }],
  ['files of kinds', { messageType: 'file', attachments: [photo, paper] }, { kind: 'file', count: 2, name: undefined }],
  ['on its way, without a type', { attachments: [photo] }, { kind: 'picture', count: 1, name: undefined }],
  ['a quoted file', { messageType: 'file' }, { kind: 'file', count: 1, name: undefined }],
  [
    'a voice',
    { messageType: 'voice', attachments: [file('v', 'audio/webm')] },
    { kind: 'voice', count: 1, name: undefined },
  ],
  ['a sticker', { messageType: 'sticker' }, { kind: 'sticker', count: 1, name: undefined }],
])('%s', (_what, carrier, expected) => {
  expect(whatItIs(carrier)).toEqual(expected);
});
