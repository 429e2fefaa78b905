import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import { toProblem } from './problems.ts';

/** What never became a request, because it is no HTTP or its headers are too large, is answered with a problem as well. */
export function refuseNotHttp(error: Error & { code?: string; rawPacket?: unknown }, socket: Socket): void {
  const isGone = error.code === 'ECONNRESET' || !socket.writable;
  if (isGone) return void socket.destroy();
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = toProblem(new AppError(isTooLarge ? 'body_too_large' : 'validation_error'), uuidv7());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // An answer to HEAD has no body (RFC 9110, section 9.3.2).
  const { rawPacket } = error;
  const isHead = Buffer.isBuffer(rawPacket) && rawPacket.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
}
