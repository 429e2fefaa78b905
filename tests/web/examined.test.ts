import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, faultsOf, openChat, openStage, type Stage } from './stage.ts';

describe.skipIf(missingBrowser !== undefined)('a picture that is examined', () => {
  let stage: Stage;
  /** Those who wait for the word of the scanner. */
  const asking = new Set<Socket>();
  const scanner = createServer((socket) => {
    asking.add(socket);
    socket.on('close', () => asking.delete(socket)).on('error', () => undefined);
    socket.resume();
  });

  beforeAll(async () => {
    scanner.listen(0, '127.0.0.1');
    await once(scanner, 'listening');
    const { port } = scanner.address() as AddressInfo;
    stage = await openStage({ CLAMAV_HOST: '127.0.0.1', CLAMAV_PORT: String(port) });
  }, 180_000);
  afterAll(async () => {
    for (const socket of asking) socket.destroy();
    await stage?.close();
    scanner.close();
  });

  const sizeOf = async (locator: Locator): Promise<[number, number]> => {
    const { width, height } = (await locator.boundingBox())!;
    return [width, height];
  };

  it('has its box from the beginning, and nothing moves when it is shown', async () => {
    const [alice, bob] = [await stage.open('alice', desktop), await stage.open('bob', desktop)];
    await openChat(alice, 'Bob Lindqvist');
    await openChat(bob, 'Alice');
    const background = 'teal';
    const buffer = await sharp({ create: { width: 640, height: 480, channels: 3, background } })
      .jpeg()
      .toBuffer();
    await alice
      .locator('form.composer input[type="file"]')
      .setInputFiles([{ name: 'lake.jpg', mimeType: 'image/jpeg', buffer }]);
    await alice.getByRole('button', { name: 'Send', exact: true }).click();
    const box = bob.locator('[data-message]').last().locator('.pictures');
    await box.getByText('Being checked').waitFor({ timeout: 60_000 });
    expect(await sizeOf(box)).toEqual([340, 255]);
    expect(await box.locator('img').count()).toBe(0);
    expect(await box.getByRole('button').isDisabled()).toBe(true);
    for (const socket of asking) socket.end('stream: OK\0');
    await box.locator('img').first().waitFor({ timeout: 60_000 });
    expect(await sizeOf(box)).toEqual([340, 255]);
    expect(await box.getByText('Being checked').count()).toBe(0);
    expect([...faultsOf(alice), ...faultsOf(bob)]).toEqual([]);
  });
});
