/** The package has no types of its own. */
declare module 'twitchps' {
  import type { EventEmitter } from 'node:events';

  interface Topic {
    topic: string;
    token?: string;
  }

  class TwitchPS extends EventEmitter {
    constructor(options: { url: string; reconnect: boolean; init_topics: Topic[] });
    addTopic(topics: Topic[]): Promise<void>;
    removeTopic(topics: Topic[]): Promise<void>;
    _ws: { close(): void };
  }
  export = TwitchPS;
}
