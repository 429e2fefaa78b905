/**
 * A place in a topic's log. Offsets of one epoch grow; they are never counted: filters leave holes by design.
 * A new epoch means the log was replaced (restored, failed over) and old positions say nothing.
 */
export interface Position {
  epoch: string;
  offset: number;
}

/** One fact on its way to subscribers. With an offset it stands in the topic's log; without, it is live only. */
export interface HubEvent {
  topic: string;
  /** Canonical name, a key of the event table. */
  name: string;
  /** What every subscriber is told. */
  data: object;
  epoch?: string;
  offset?: number;
  /** The user who caused it. Never encoded. */
  actor?: string;
  /** What the actor's own connections are told instead of `data`. */
  ownData?: object;
  /** Users who are not told, though they follow the topic. Never encoded. */
  hiddenFrom?: readonly string[];
  /** The connection that caused it. Never encoded. */
  origin?: string;
  /** Users whose subscriptions to this topic end here; they are not told this event by this topic. */
  revoke?: readonly string[];
  /** Fewer people may follow the topic from here on: each is asked for again. */
  recheck?: boolean;
  /** Topics that whoever follows this topic is subscribed to from here on. */
  grant?: readonly string[];
  /** Where a granted topic stood when it was granted: what followed is replayed to the follower before it goes on live. */
  grantFrom?: Readonly<Record<string, Position>>;
  /** A session that ended: its connections close and its tokens are refused. */
  endSession?: string;
  /** Live events only: further topics whose subscribers are told, each connection once. `id` names the copies. */
  alsoTopics?: readonly string[];
  id?: string;
}

/** Whom Socket.IO leaves out: nobody, the connection that caused the event, or all connections of the user who did. */
export type Echo = 'all' | 'not-origin' | 'not-actor';

/** How one event is spelled on each door. */
export interface EventSpelling {
  /** `type` on `/ws`; without one it goes as `{type: "event", event, data}`. */
  ws?: string;
  socketio?: {
    /** Event name on the default namespace. */
    name: string;
    /** `topic`: the room of the topic. `user`: the rooms `user:<id>` of all who follow the topic. */
    audience: 'topic' | 'user';
    echo: Echo;
  };
  /** Event name on the namespace `/chat`, told to every follower of the topic but the actor. */
  chatNamespace?: string;
  /** Never leaves a door (it only grants, revokes or ends). */
  internal?: boolean;
}

/** The one table of events, handed in by the embedder; keys are canonical names. */
export type EventTable = Readonly<Record<string, EventSpelling>>;

/** The durable truth behind the topics. Reads only; whoever changes data appends in the same transaction. */
export interface TopicLog {
  /** Heads in one read. A topic that has no log yet has offset 0. */
  heads(topics: readonly string[]): Promise<{ epoch: string; offsets: ReadonlyMap<string, number> }>;
  /**
   * Events after `after`, ascending, rendered as they are now.
   * `scannedTo` is the last offset looked at (events that are no longer told leave holes); equal to `after` at the end.
   * `gone`: some of what followed `after` is no longer kept.
   */
  read(topic: string, after: number, limit: number): Promise<{ events: HubEvent[]; scannedTo: number; gone: boolean }>;
}

/**
 * Carries events between instances, by topic. At most once, in no promised order: the log repairs.
 * `publish` never throws and never queues without bound.
 */
export interface Bus {
  publish(event: HubEvent): void;
  /** Resolves when events published from now on will arrive. */
  subscribe(topics: readonly string[]): Promise<void>;
  unsubscribe(topics: readonly string[]): void;
  /** Called once by the hub. `onConnected` is called on every (re)connection. */
  listen(handlers: { onEvent(event: HubEvent): void; onConnected(): void }): void;
  isHealthy(): boolean;
  close(): Promise<void>;
}

/** Who stands behind a token. */
export interface Identity {
  userId: string;
  sessionId: string;
  /** Unix time in ms at which the right to stay connected ends. */
  expiresAt?: number;
  scopes?: readonly string[];
}

/** Resolves a token, or throws (the door then refuses with the error's code). */
export type Authenticate = (token: string) => Promise<Identity>;

/** Something a topic's events are handed to. Called often: must not throw, must not block. */
export interface Subscriber {
  readonly userId: string | undefined;
  deliver(event: HubEvent): void;
  /** The hub ended this subscription (a revoking event). */
  revoked?(topic: string): void;
  /** The hub subscribed it to a topic by a granting event on the topic it follows. */
  granted?(topic: string): void;
  /** Gets what a grant caught up instead of `deliver`: told to this subscriber alone. */
  replay?(event: HubEvent): void;
  /** Positions in these topics say nothing any more: load a snapshot. Live events go on. */
  resync?(topics: readonly string[]): void;
  /** The hub cannot keep its promise to this subscriber (a read failed for good): let it come back and resume. */
  lost?(): void;
}

/** Where the package writes what an operator must know; pino fits. */
export interface Logger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What ends up on the wire when something is refused. */
export interface Refusal {
  code: string;
  message: string;
  retryAfter?: number;
  correlationId?: string;
}

/** One live connection on any door. */
export interface Connection {
  readonly id: string;
  readonly door: 'websocket' | 'socketio' | 'pubsub';
  readonly userId: string;
  readonly sessionId: string;
  /** False while the person is not looking (hidden tab). */
  active: boolean;
  close(code: number, reason: string): void;
}

/** Told about connections of all doors; presence and limits listen here. */
export interface ConnectionEvents {
  onOpen?(connection: Connection): void;
  onClose?(connection: Connection, clean: boolean): void;
  onActivity?(connection: Connection): void;
}

/** Product commands of a door: name -> handler. The answer (if any) goes back to the caller. */
export interface CommandContext {
  readonly connection: Connection;
  readonly identity: Identity;
}

export interface Command {
  /** Throws a refusal when the input is malformed. */
  parse(input: unknown): unknown;
  /** Commands of one connection with the same key run one after the other. */
  serialKey?(input: never): string | undefined;
  handle(context: CommandContext, input: never): Promise<object | undefined> | object | undefined;
}
