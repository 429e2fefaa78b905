import type { Position } from '@parley/contract';
import { type ApiError, isPassing, needsSignIn } from '../http/api-error.ts';
import type { TokenSource } from '../http/http.ts';
import type { ClientEvent } from '../store/store.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import { closes, isFinal } from './close-codes.ts';
import { type Activity, type Network, pageActivity, pageNetwork } from './environment.ts';
import { type Link, openLink, refusal, type SocketConstructor } from './link.ts';
import { createRenewal } from './renewal.ts';
import { createResumption, type Resumption } from './resumption.ts';
import { eventOf, type Frame } from './wire.ts';

/**
 * `offline`: stopped, or there is no network; `connecting`: trying, or the server does not answer; `updating`: connected, what was missed is on its way;
 * `online`: everything is as it is; `signed_out`: the session is over.
 */
export type Status = 'offline' | 'connecting' | 'updating' | 'online' | 'signed_out';

export interface RealtimeOptions {
  /** `ws(s)://.../ws` */
  url: string;
  WebSocket?: SocketConstructor | undefined;
  tokens: TokenSource;
  /** When the token in use ends (Unix time in ms), if known: a fresh one is sent before. */
  tokenExpiresAt?(): number | undefined;
  /** Per topic, up to where events were applied. Asked at each connection. */
  positions(): ReadonlyMap<string, Position>;
  onEvent(event: ClientEvent): void;
  /** These topics cannot be continued: load them anew. Rejects when that did not work; it is asked again then. */
  onResync(topics: readonly string[]): Promise<void>;
  onStatus?(status: Status): void;
  /** The server closed for good, by this close code. */
  onStopped?(code: number): void;
  onError?(error: unknown): void;
  activity?: Activity | undefined;
  network?: Network | undefined;
  backoff?: Backoff | undefined;
}

export interface Realtime {
  readonly status: Status;
  start(): void;
  stop(): void;
  /** Fetches what came after these topics' positions, for topics that were just added. */
  resume(topics: Iterable<string>): void;
  /** Loads these topics anew (`onResync`), and resumes them from there. */
  resync(topics: readonly string[]): void;
  /** Sends now or not at all. Whether it was sent. */
  send(frame: object): boolean;
  /** Finds out now whether the server is still there, for whoever waits for it elsewhere. */
  probe(): void;
  /** `undefined` when there is no connection; else the answer. Rejects with `ApiError`. */
  request(frame: object): Promise<Frame> | undefined;
}

/** A connection that lasted this long was a good one: the next back-off starts from the beginning. */
const goodMs = 10_000;

/** Keeps one connection to `/ws` alive, signed in and caught up. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { tokens, activity = pageActivity, network = pageNetwork, backoff = createBackoff() } = options;
  const WebSocket = options.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor);
  let status: Status = 'offline';
  /** The status as long as the server answers. */
  let standing: Status = 'offline';
  let isSilent = false;
  let isStarted = false;
  /** Grows with each start and stop: what belongs to an earlier one is void. */
  let run = 0;
  let link: Link | undefined;
  let resumption: Resumption | undefined;
  let token: string | undefined;
  let signedInAt: number | undefined;
  let reconnectAt: number | undefined;
  let hasRetriedToken = false;
  /** A refused token is being replaced: nobody connects with it once more. */
  let isReplacing = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let moveTimer: ReturnType<typeof setTimeout> | undefined;
  let stopListening: (() => void)[] = [];

  const withoutServer = (): Status => (network.isOnline() ? 'connecting' : 'offline');

  const tellStatus = (): void => {
    const next = isSilent ? withoutServer() : standing;
    if (next === status) return;
    status = next;
    options.onStatus?.(next);
  };

  const setStatus = (next: Status): void => {
    standing = next;
    tellStatus();
  };

  const idle = (): void => setStatus(withoutServer());

  const schedule = (delayMs: number): void => {
    clearTimeout(retryTimer);
    idle();
    retryTimer = setTimeout(() => void connect(), delayMs);
  };

  const connect = async (): Promise<void> => {
    clearTimeout(retryTimer);
    if (!isStarted || link !== undefined || isReplacing) return;
    idle();
    const current = run;
    try {
      const fresh = await tokens.accessToken();
      if (current === run) signInWith(fresh);
    } catch (error) {
      if (!isPassing(error)) options.onError?.(error);
      if (current === run) schedule(backoff.next());
    }
  };

  const signInWith = (fresh: string | undefined): void => {
    token = fresh;
    if (fresh === undefined) halt('signed_out');
    else if (link === undefined) open();
  };

  const open = (): void => {
    const opened = openLink({
      url: options.url,
      WebSocket,
      onOpen: () => opened.send({ type: 'auth', token, active: activity.isActive() }),
      onFrame: (frame) => onFrame(opened, frame),
      onSilence: (silent) => {
        isSilent = silent;
        tellStatus();
      },
      onClose: (code) => onClose(code),
    });
    link = opened;
  };

  const onFrame = (from: Link, frame: Frame): void => {
    if (from !== link) return;
    const own = Object.hasOwn(doorFrames, frame.type) ? doorFrames[frame.type] : undefined;
    const event = own === undefined ? eventOf(frame) : undefined;
    own?.(frame, from);
    if (event !== undefined) resumption?.offer(event);
  };

  /** What the door itself says; all other frames are events. */
  const doorFrames: Readonly<Record<string, (frame: Frame, from: Link) => void>> = {
    auth_ok: (_, from) => onSignedIn(from),
    resumed: (frame) => resumption?.take(frame),
    resync: (frame) => resumption?.take(frame),
    reconnect: ({ afterMs }) => move(Number(afterMs) || 0),
    error: (frame) => onRefused(refusal(frame)),
  };

  /** What is said of the token is answered when the close comes that follows; what passes is no news to anybody. */
  const onRefused = (error: ApiError): void => {
    if (!needsSignIn(error) && !isPassing(error)) options.onError?.(error);
  };

  /** Also the answer to a fresh token on the live connection. */
  const onSignedIn = (from: Link): void => {
    renewal.schedule();
    if (resumption !== undefined) return;
    signedInAt = Date.now();
    hasRetriedToken = false;
    setStatus('updating');
    resumption = createResumption({
      send: (frame) => from.send(frame),
      positions: options.positions,
      deliver: options.onEvent,
      reload: options.onResync,
      onCaughtUp: () => setStatus('online'),
      onFailed: (error) => {
        if (error !== undefined && !isPassing(error)) options.onError?.(error);
        from.close();
      },
    });
    resumption.resume(options.positions().keys());
  };

  const renewal = createRenewal(options, (fresh) => {
    token = fresh;
    link?.send({ type: 'auth', token, active: activity.isActive() });
  });

  /** The server is about to stop: stay until it said, then go to another. */
  const move = (afterMs: number): void => {
    const delay = afterMs + Math.random() * 1_000;
    reconnectAt = Date.now() + delay;
    clearTimeout(moveTimer);
    moveTimer = setTimeout(() => link?.close(), delay);
  };

  const onClose = (code: number): void => {
    link = undefined;
    isSilent = false;
    resumption?.end();
    resumption = undefined;
    renewal.cancel();
    clearTimeout(moveTimer);
    if (signedInAt !== undefined && Date.now() - signedInAt > goodMs) backoff.reset();
    signedInAt = undefined;
    const at = reconnectAt;
    reconnectAt = undefined;
    if (!isStarted) return;
    if (isFinal(code) || code === closes.tokenExpired) return void afterRefusal(code);
    schedule(at === undefined ? backoff.next() : Math.max(0, at - Date.now()));
  };

  /** A refused token may only be an old one: asking for another tells whether the session is over. */
  const afterRefusal = async (code: number): Promise<void> => {
    const aboutToken = code === closes.tokenExpired || code === closes.unauthorized || code === closes.sessionEnded;
    if (!aboutToken || (hasRetriedToken && isFinal(code))) {
      halt('offline');
      return options.onStopped?.(code);
    }
    const current = run;
    isReplacing = true;
    idle();
    try {
      const renewed = await tokens.renew(token ?? '');
      if (current !== run) return;
      isReplacing = false;
      hasRetriedToken = true;
      if (renewed === undefined) halt('signed_out');
      else schedule(0);
    } catch {
      if (current !== run) return;
      isReplacing = false;
      schedule(backoff.next());
    }
  };

  const halt = (final: Status): void => {
    isStarted = false;
    isReplacing = false;
    run += 1;
    clearTimeout(retryTimer);
    for (const stopOne of stopListening) stopOne();
    stopListening = [];
    link?.close();
    setStatus(final);
  };

  const start = (): void => {
    if (isStarted) return;
    isStarted = true;
    run += 1;
    hasRetriedToken = false;
    backoff.reset();
    stopListening = [
      activity.onChange(() => {
        if (resumption !== undefined) {
          link?.send({ type: 'presence_update', status: activity.isActive() ? 'active' : 'away' });
        }
        if (activity.isActive()) wake();
      }),
      network.onChange(wake),
    ];
    void connect();
  };

  /** Something changed outside: look at once whether the connection still stands, or try again without waiting. */
  const wake = (): void => {
    tellStatus();
    if (link !== undefined) link.probe();
    else if (network.isOnline()) void connect();
    else idle();
  };

  const signedIn = (): Link | undefined => (resumption === undefined ? undefined : link);

  return {
    get status() {
      return status;
    },
    start,
    stop: () => halt('offline'),
    resume: (topics) => resumption?.resume(topics),
    resync: (topics) => resumption?.resync(topics),
    send(frame) {
      signedIn()?.send(frame);
      return signedIn() !== undefined;
    },
    probe: () => link?.probe(),
    request: (frame) => signedIn()?.request(frame),
  };
}
