export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger's program gets: JSON without types
  body: any;
}

export interface CurlOptions {
  token?: string;
  headers?: Record<string, string>;
  /** An object goes as JSON, a string as it is. */
  data?: object | string;
}

export type Curl = (line: string, options?: CurlOptions) => Promise<Answer>;

/** `curl('POST /chats', { token, data })`: a request as anybody could write it, and all of its answer. */
export function createCurl(url: string): Curl {
  return async (line, { token, headers = {}, data } = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(data === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(data === undefined ? {} : { body: typeof data === 'string' ? data : JSON.stringify(data) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}
