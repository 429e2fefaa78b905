import { ApiError, networkError } from '../http/api-error.ts';
import { type Frame, parseFrame } from './wire.ts';

/** The part of a WebSocket that is needed; browsers, Node and the package `ws` all have it. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
}
export type SocketConstructor = new (url: string) => SocketLike;

export interface LinkOptions {
  url: string;
  WebSocket: SocketConstructor;
  onOpen(): void;
  /** Every frame but the answers to `request`. */
  onFrame(frame: Frame): void;
  /** Asked, the other side says nothing for a while: it may be gone. False as soon as something comes after all. */
  onSilence?(isSilent: boolean): void;
  /** Once, however it ended; 1006 when the other side fell silent. */
  onClose(code: number): void;
  /** A ping after this much silence. */
  idleMs?: number;
  /** How long the ping's answer, or any other, may take. */
  answerMs?: number;
}

/** A request without an answer for this long makes it ask whether anybody is there at all. */
const patienceMs = 3_000;
/** So long after the question the silence is told. */
const doubtMs = 2_000;

/** One connection to `/ws`, from its opening to its end. */
export interface Link {
  send(frame: object): void;
  /** Sends with a `ref` and resolves to the frame that answers. Rejects with `ApiError`; `network` when no answer came. */
  request(frame: object): Promise<Frame>;
  /** Finds out now whether the other side is still there. */
  probe(): void;
  close(): void;
}

interface Waiter {
  resolve(frame: Frame): void;
  reject(error: ApiError): void;
  stop(): void;
}

export function openLink(options: LinkOptions): Link {
  const { idleMs = 25_000, answerMs = 10_000 } = options;
  const socket = new options.WebSocket(options.url);
  const waiters = new Map<string, Waiter>();
  let refs = 0;
  let isOpen = false;
  let isClosed = false;
  let isProbing = false;
  let isSilent = false;
  /** How many frames came. */
  let heardCount = 0;
  let timer: ReturnType<typeof setTimeout> = setTimeout(() => finish(1006), answerMs);

  const finish = (code: number): void => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    for (const waiter of waiters.values()) {
      waiter.stop();
      waiter.reject(networkError());
    }
    waiters.clear();
    socket.close();
    options.onClose(code);
  };

  const send = (frame: object): void => {
    if (isOpen && !isClosed) socket.send(JSON.stringify(frame));
  };

  const probe = (): void => {
    if (!isOpen || isClosed || isProbing) return;
    isProbing = true;
    clearTimeout(timer);
    send({ type: 'ping' });
    timer = setTimeout(doubt, doubtMs);
  };

  const doubt = (): void => {
    timer = setTimeout(() => finish(1006), answerMs - doubtMs);
    isSilent = true;
    options.onSilence?.(true);
  };

  const heard = (): void => {
    heardCount += 1;
    isProbing = false;
    clearTimeout(timer);
    timer = setTimeout(probe, idleMs);
    if (!isSilent) return;
    isSilent = false;
    options.onSilence?.(false);
  };

  const settle = (frame: Frame): boolean => {
    const waiter = typeof frame.ref === 'string' ? waiters.get(frame.ref) : undefined;
    if (waiter === undefined) return false;
    waiters.delete(frame.ref as string);
    waiter.stop();
    if (frame.type === 'error') waiter.reject(refusal(frame));
    else waiter.resolve(frame);
    return true;
  };

  const request = (frame: object): Promise<Frame> =>
    new Promise((resolve, reject) => {
      if (!isOpen || isClosed) return reject(networkError());
      refs += 1;
      const ref = `r${refs}`;
      const heardBefore = heardCount;
      const ask = setTimeout(() => heardCount === heardBefore && probe(), patienceMs);
      const expire = setTimeout(() => {
        waiters.delete(ref);
        reject(networkError());
      }, answerMs);
      const stop = (): void => {
        clearTimeout(ask);
        clearTimeout(expire);
      };
      waiters.set(ref, { resolve, reject, stop });
      send({ ...frame, ref });
    });

  socket.onopen = () => {
    if (isClosed) return socket.close();
    isOpen = true;
    heard();
    options.onOpen();
  };
  socket.onmessage = ({ data }: { data: unknown }) => {
    if (isClosed) return;
    heard();
    const frame = parseFrame(data);
    if (frame !== undefined && !settle(frame)) options.onFrame(frame);
  };
  socket.onclose = ({ code }: { code: number }) => finish(code);
  // What went wrong follows as a close; without a listener some implementations throw.
  socket.onerror = () => undefined;

  return { send, request, probe, close: () => finish(1000) };
}

/** An `error` frame as the error it tells. */
export function refusal(frame: Frame): ApiError {
  const { code, message, retryAfter, correlationId } = frame as Partial<Record<string, unknown>>;
  return new ApiError(String(code).toLowerCase(), String(message ?? code), {
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    correlationId: typeof correlationId === 'string' ? correlationId : undefined,
  });
}
