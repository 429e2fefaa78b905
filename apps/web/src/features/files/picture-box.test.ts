import { expect, it } from 'vitest';
import { mediaHeight } from './media-height.ts';
import { boxOf, heightIn } from './picture-box.ts';

it('a picture keeps its shape in a box of bounded size', () => {
  expect(boxOf({ width: 3_400, height: 1_700 })).toEqual({ width: 340, height: 170 });
  expect(boxOf({ width: 500, height: 1_000 })).toEqual({ width: 200, height: 380 });
  expect(boxOf({ width: 4_000, height: 20 })).toEqual({ width: 340, height: 100 });
  expect(heightIn({ width: 340, height: 170 }, 170)).toBe(85);
});

it('how high it will be is known before it is there', () => {
  const picture = { fileId: 'f', name: 'a.jpg', mimeType: 'image/jpeg', size: 1, url: '', status: 'ready' } as const;
  const measured = { ...picture, width: 3_400, height: 1_700 };
  expect(mediaHeight({ attachments: [measured] }, 400)).toBe(170);
  expect(mediaHeight({ attachments: [measured, measured, measured, measured, measured] }, 400)).toBe(340);
  expect(mediaHeight({ attachments: [picture] }, 400)).toBe(60);
  expect(mediaHeight({ messageType: 'voice', attachments: [picture] }, 400)).toBe(56);
});
