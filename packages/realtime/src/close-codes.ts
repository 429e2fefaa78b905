/** WebSocket close codes: after 3000-3499 the client may reconnect, after 3500-3999 it must not. */
export const closeCodes = {
  drain: 3001,
  slow_reader: 3002,
  token_expired: 3003,
  auth_timeout: 3004,
  try_again: 3005,
  ping_timeout: 3006,
  session_ended: 3500,
  unauthorized: 3501,
  protocol_error: 3502,
  too_many_connections: 3503,
} as const;

export type CloseReason = keyof typeof closeCodes;
