/**
 * The frames that wait for one socket, as a chain that sockets share: appending the same frame to the same batch gives
 * the same batch again. So a thousand sockets that wait for the same sixteen frames share one concatenation of bytes.
 */
export interface Batch {
  /** The whole batch on the wire, once somebody asked for it. */
  bytes: Buffer | undefined;
  readonly before: Batch | undefined;
  readonly frame: Batch | undefined;
  /** What was appended last, and the batch that made. One entry is enough: events are handed out one at a time. */
  appended: Batch | undefined;
  extended: Batch | undefined;
}

/** A batch of one frame. */
export function batchOf(frame: Buffer): Batch {
  return { bytes: frame, before: undefined, frame: undefined, appended: undefined, extended: undefined };
}

export function append(batch: Batch, frame: Batch): Batch {
  if (batch.appended === frame) return batch.extended as Batch;
  const extended: Batch = { bytes: undefined, before: batch, frame, appended: undefined, extended: undefined };
  batch.appended = frame;
  batch.extended = extended;
  return extended;
}

export function bytesOf(batch: Batch): Buffer {
  batch.bytes ??= concat(batch);
  return batch.bytes;
}

function concat(batch: Batch): Buffer {
  const parts: Buffer[] = [];
  let at: Batch | undefined = batch;
  while (at !== undefined && at.bytes === undefined) {
    parts.push(at.frame!.bytes as Buffer);
    at = at.before;
  }
  if (at?.bytes !== undefined) parts.push(at.bytes);
  return Buffer.concat(parts.reverse());
}
