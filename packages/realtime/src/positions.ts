import type { Position } from './types.ts';

export const MAX_POSITIONS = 200;

/** A position as a client sent it; undefined when it is none. */
export function parsePosition(input: unknown): Position | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { epoch, offset } = input as Record<string, unknown>;
  if (typeof epoch !== 'string' || !Number.isSafeInteger(offset) || (offset as number) < 0) return undefined;
  return { epoch, offset: offset as number };
}

/** `{topic: position}`, at most 200; undefined when it is anything else. */
export function parsePositions(input: unknown): Map<string, Position> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const entries = Object.entries(input);
  if (entries.length > MAX_POSITIONS) return undefined;
  const positions = new Map<string, Position>();
  for (const [topic, value] of entries) {
    const position = parsePosition(value);
    if (position === undefined) return undefined;
    positions.set(topic, position);
  }
  return positions;
}
