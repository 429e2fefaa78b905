import { connect, type Socket } from 'node:net';
import { answerCalls } from '../programs.ts';
import { openSocket, openSockets } from './sockets.ts';

/** A crowd of sockets at one server, and the line on which the server is told what to send. */
interface Crowd {
  sockets: Socket[];
  control: Control;
  received: number;
  lost: number;
  awaited: number;
  onReceived: () => void;
}

export interface CrowdRequest {
  name: string;
  port: number;
  control: number;
  count: number;
  /** `{n}` becomes the number of the socket, from `first` on. */
  path: string;
  first?: number;
  hello?: string | undefined;
  greetings?: number;
}

export interface Run {
  seconds: number;
  /** CPU seconds of the server, and of this process. */
  serverCpu: number;
  receiverCpu: number;
}

const crowds = new Map<string, Crowd>();

async function gather(request: CrowdRequest): Promise<void> {
  const crowd = crowds.get(request.name) ?? (await newCrowd(request));
  crowds.set(request.name, crowd);
  const first = request.first ?? 0;
  const onFrame = () => {
    crowd.received += 1;
    if (crowd.received === crowd.awaited) crowd.onReceived();
  };
  const sockets = await openSockets(request.count, (index) =>
    openSocket({ ...request, path: request.path.replaceAll('{n}', String(first + index)), onFrame }),
  );
  for (const socket of sockets) socket.on('close', () => (crowd.lost += 1));
  crowd.sockets.push(...sockets);
}

async function newCrowd(request: CrowdRequest): Promise<Crowd> {
  return {
    sockets: [],
    control: await openControl(request.control),
    received: 0,
    lost: 0,
    awaited: -1,
    onReceived() {},
  };
}

/** One turn after the other: the server sends `perTurn` events, all sockets receive them, the next turn begins. */
async function run({ name, turns, perTurn }: { name: string; turns: number; perTurn: number }): Promise<Run> {
  const crowd = crowds.get(name) as Crowd;
  const serverBefore = await crowd.control.cpu();
  const receiverBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let turn = 0; turn < turns; turn += 1) await oneTurn(crowd, perTurn);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(receiverBefore);
  if (crowd.lost > 0) throw new Error(`${name}: ${crowd.lost} sockets were closed`);
  return { seconds, serverCpu: (await crowd.control.cpu()) - serverBefore, receiverCpu: (user + system) / 1e6 };
}

function oneTurn(crowd: Crowd, perTurn: number): Promise<void> {
  return new Promise((resolve) => {
    crowd.received = 0;
    crowd.awaited = crowd.sockets.length * perTurn;
    crowd.onReceived = resolve;
    crowd.control.send(perTurn);
  });
}

/** From here on the server's events carry so many hundred bytes. */
function carry({ name, hundreds }: { name: string; hundreds: number }): void {
  crowds.get(name)?.control.send(128 + hundreds);
}

interface Control {
  send(byte: number): void;
  cpu(): Promise<number>;
}

async function openControl(port: number): Promise<Control> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    send: (byte) => void socket.write(Uint8Array.of(byte)),
    cpu: () =>
      new Promise((resolve) => {
        socket.once('data', (answer: Buffer) => resolve(Number(answer.readBigUInt64LE()) / 1e6));
        socket.write(Uint8Array.of(0));
      }),
  };
}

function leave({ name }: { name: string }): void {
  for (const socket of crowds.get(name)?.sockets ?? []) socket.destroy();
  crowds.delete(name);
}

const calls = { gather, run, carry, leave, lost: ({ name }: { name: string }) => crowds.get(name)?.lost ?? 0 };
export type Receiver = typeof calls;

answerCalls(calls);
