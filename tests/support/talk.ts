import { expect } from 'vitest';
import { historyOf, written } from './history.ts';
import { httpOf, makeGroup, type Person, signUp } from './people.ts';
import type { Server } from './server.ts';

export interface Talk {
  person: Person;
  chatId: string;
  said: string[];
}

/** Somebody who has written something. */
export async function talk(server: Server): Promise<Talk> {
  const person = await signUp(server.url, 'ann');
  const { id } = await makeGroup(person, []);
  const said = ['one', 'two', 'three'];
  for (const content of said) await person.http.call('messages.send', { params: { chatId: id }, body: { content } });
  return { person, chatId: id, said };
}

/** It is all there, the sign-in too, and more can be written. */
export async function expectAlive(url: string, { person, chatId, said }: Talk): Promise<void> {
  const http = httpOf(url, person.tokens);
  said.push(`now ${said.length}`);
  await http.call('messages.send', { params: { chatId }, body: { content: said.at(-1)! } });
  const history = written(await historyOf({ http }, chatId));
  expect(history.map(({ content }) => content)).toEqual(said);
}

export async function expectReady(url: string): Promise<void> {
  const response = await fetch(`${url}/health/ready`);
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
}
