export interface Person {
  id: string;
  token: string;
}

export const password = 'a long enough password';

/** The public API, as anybody would call it. */
export async function request<T>(
  port: number,
  method: string,
  path: string,
  token?: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export async function signUp(port: number, name: string): Promise<Person> {
  const account = { username: name, email: `${name}@example.org`, password };
  await request(port, 'POST', '/auth/register', undefined, account);
  return signIn(port, name);
}

export async function signIn(port: number, username: string): Promise<Person> {
  const tokens = await request<{ access_token: string; user_id: string }>(port, 'POST', '/auth/login', undefined, {
    username,
    password,
  });
  return { id: tokens.user_id, token: tokens.access_token };
}

export async function makeChat(port: number, owner: Person, members: readonly Person[]): Promise<string> {
  const body = { type: 'group', title: 'Bench', memberIds: members.map(({ id }) => id) };
  return (await request<{ id: string }>(port, 'POST', '/chats', owner.token, body)).id;
}
