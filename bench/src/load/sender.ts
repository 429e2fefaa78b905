import { answerCalls } from '../programs.ts';
import { percentile } from '../stats.ts';
import { type Lane, type LaneRequest, openLane } from './lanes.ts';
import { openRecipient } from './recipient.ts';

/** What one contender is asked for: senders, each with one message under way, and one recipient of everything. */
export interface Traffic {
  name: string;
  lanes: LaneRequest[];
  /** Who hears it: a `/ws` address. Traffic of the same recipient is told apart by its numbers. */
  recipient: { port: number; path: string };
}

export interface SendRun {
  /** Messages a second that were answered, and that reached the recipient. */
  accepted: number;
  delivered: number;
  sent: number;
  missing: number;
  /** Milliseconds. */
  sentToAccepted: Percentiles;
  sentToDelivered: Percentiles;
}

interface Percentiles {
  p50: number;
  p99: number;
}

interface Flight {
  sentAt: number[];
  acceptedAt: number[];
  deliveredAt: number[];
  first: number;
  left: number;
  onLanded: () => void;
}

const graceMs = 10_000;
const traffics = new Map<string, Lane[]>();
const recipients = new Set<string>();
let flight: Flight | undefined;
let numbers = 0;

/** A connection that is closed at rest is no more use than one that is refused. */
function failOf(name: string): (why: string) => void {
  return (why) => {
    throw new Error(`${name}: not accepted: ${why}`);
  };
}

async function open({ name, lanes, recipient }: Traffic): Promise<void> {
  const address = `${recipient.port}${recipient.path}`;
  if (!recipients.has(address)) await openRecipient(recipient.port, recipient.path, onDelivered);
  recipients.add(address);
  const opened: Lane[] = [];
  for (const lane of lanes) opened.push(await openLane(lane, failOf(name)));
  traffics.set(name, opened);
}

function onDelivered(number: number): void {
  const index = number - (flight?.first ?? 0);
  if (flight === undefined || index < 0 || flight.deliveredAt[index] !== undefined) return;
  flight.deliveredAt[index] = performance.now();
  landed(flight);
}

function landed(of: Flight): void {
  of.left -= 1;
  if (of.left === 0) of.onLanded();
}

/** Without a rate each lane sends again as soon as it was answered; with one, messages leave on time, lanes permitting. */
async function run({ name, seconds, rate }: { name: string; seconds: number; rate?: number }): Promise<SendRun> {
  const lanes = traffics.get(name) as Lane[];
  const now: Flight = { sentAt: [], acceptedAt: [], deliveredAt: [], first: numbers, left: 1, onLanded() {} };
  flight = now;
  const start = performance.now();
  const landing = new Promise<void>((resolve) => (now.onLanded = resolve));
  const send = (lane: Lane, at: number) => {
    const index = now.sentAt.push(at) - 1;
    now.left += 2;
    numbers += 1;
    lane.send(now.first + index);
  };
  await (rate === undefined ? sendAtWill : sendOnTime)({
    lanes,
    send,
    now,
    end: start + seconds * 1000,
    rate: rate ?? 0,
  });
  landed(now);
  await Promise.race([landing, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
  flight = undefined;
  return summary(now, start, seconds);
}

interface Sending {
  lanes: readonly Lane[];
  send(lane: Lane, at: number): void;
  now: Flight;
  end: number;
  rate: number;
}

function accepted(now: Flight, number: number): void {
  now.acceptedAt[number - now.first] = performance.now();
  landed(now);
}

async function sendAtWill({ lanes, send, now, end }: Sending): Promise<void> {
  for (const lane of lanes) {
    lane.onAnswer = (number) => {
      if (performance.now() < end) send(lane, performance.now());
      accepted(now, number);
    };
    send(lane, performance.now());
  }
  await new Promise((resolve) => setTimeout(resolve, end - performance.now()));
}

/** A message that finds no free lane is late, and its time counts from when it was due. */
async function sendOnTime({ lanes, send, now, end, rate }: Sending): Promise<void> {
  const free = [...lanes];
  const start = performance.now();
  let due = 0;
  for (const lane of lanes) {
    lane.onAnswer = (number) => {
      free.push(lane);
      accepted(now, number);
    };
  }
  while (performance.now() < end) {
    const target = ((performance.now() - start) / 1000) * rate;
    while (due < target && free.length > 0) {
      send(free.shift() as Lane, start + (due / rate) * 1000);
      due += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function summary(now: Flight, start: number, seconds: number): SendRun {
  const { sentAt, acceptedAt, deliveredAt } = now;
  const end = start + seconds * 1000;
  return {
    sent: sentAt.length,
    accepted: acceptedAt.filter((at) => at <= end).length / seconds,
    delivered: deliveredAt.filter((at) => at <= end).length / seconds,
    missing: sentAt.filter((_, index) => deliveredAt[index] === undefined || acceptedAt[index] === undefined).length,
    sentToAccepted: percentiles(sentAt, acceptedAt),
    sentToDelivered: percentiles(sentAt, deliveredAt),
  };
}

function percentiles(from: readonly number[], to: readonly number[]): Percentiles {
  const taken = from.map((at, index) => (to[index] ?? Number.POSITIVE_INFINITY) - at);
  return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
}

function close({ name }: { name: string }): void {
  for (const lane of traffics.get(name) ?? []) lane.close();
  traffics.delete(name);
}

const calls = { open, run, close };
export type Sender = typeof calls;

answerCalls(calls);
