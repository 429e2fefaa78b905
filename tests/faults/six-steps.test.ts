import { expect, test } from 'vitest';
import { connectSocketIO } from '../support/socketio.ts';
import { until } from '../support/until.ts';
import { openStage } from './pipeline/stage.ts';

const password = 'a good password';

interface SignedIn {
  access_token: string;
}

/**
 * The way of one message, step by step, with nothing but HTTP and socket.io-client, while RabbitMQ, Redis, the APIs and the workers
 * are processes of their own.
 */
test('six steps: both sign in, both connect to /chat, A posts, B is told, A is not, the history shows it', async () => {
  const stage = await openStage();
  try {
    const [urlOfA, urlOfB] = stage.urls as [string, string];
    const register = (username: string) =>
      ask<{ id: string }>(urlOfA, 'POST', '/auth/register', { username, email: `${username}@example.org`, password });
    await register('step_a');
    const b = await register('step_b');
    const logIn = (url: string, username: string) => ask<SignedIn>(url, 'POST', '/auth/login', { username, password });
    const [asA, asB] = await Promise.all([logIn(urlOfA, 'step_a'), logIn(urlOfB, 'step_b')]);
    const direct = { type: 'direct', memberIds: [b.body.id] };
    const chat = await ask<{ id: string }>(urlOfA, 'POST', '/chats', direct, asA.body);
    const [ofA, ofB] = await Promise.all([
      connectSocketIO(`${urlOfA}/chat`, asA.body.access_token),
      connectSocketIO(`${urlOfB}/chat`, asB.body.access_token),
    ]);
    const path = `/chats/${chat.body.id}/messages`;
    const posted = await ask<{ id: string }>(
      urlOfA,
      'POST',
      path,
      { content: 'hello B', clientMessageId: 'one' },
      asA.body,
    );
    expect(posted.status).toBe(202);
    expect(posted.body).toMatchObject({ brokerMessageId: expect.any(String), clientMessageId: 'one' });
    await until(() => ofB.heard('chat.message.new').length > 0, 'B is told');
    expect(ofB.heard('chat.message.new')).toMatchObject([
      { message: { id: posted.body.id, sequence: 1, status: 'sent' } },
    ]);
    const history = await ask<{ items: object[] }>(urlOfB, 'GET', path, undefined, asB.body);
    expect(history.body.items).toMatchObject([{ id: posted.body.id, content: 'hello B', sequence: 1 }]);
    expect(ofA.heard('chat.message.new')).toEqual([]);
    for (const talker of [ofA, ofB]) talker.close();
  } finally {
    await stage.close(false);
  }
});

async function ask<Body>(url: string, method: string, path: string, body?: object, as?: SignedIn) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(as === undefined ? {} : { authorization: `Bearer ${as.access_token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = { status: response.status, body: (await response.json()) as Body };
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
