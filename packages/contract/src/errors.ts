/** What a client may do about an error. */
type Retry = 'no' | 'later' | 'after_sign_in';

interface ErrorSpec {
  /** HTTP status (RFC 9110). */
  status: number;
  /** One sentence for people. */
  text: string;
  retry?: Retry;
}

/** Every error code, once. REST spells them as here; acks and frames of Socket.IO in UPPER_CASE. */
export const errors = {
  validation_error: { status: 400, text: 'The request is not of the expected form.' },
  bad_frame: { status: 400, text: 'A frame must be one JSON object with a type.' },
  unknown_type: { status: 400, text: 'There is no frame of this type.' },
  unknown_event: { status: 400, text: 'There is no event of this name.' },
  unauthorized: { status: 401, text: 'Sign in first.', retry: 'after_sign_in' },
  invalid_credentials: { status: 401, text: 'The name or the password is wrong.' },
  /** The problem carries a `challenge`, to be sent to `/auth/login/totp` with the code. */
  totp_required: { status: 401, text: 'The password is right; now the code of the authenticator app.' },
  challenge_expired: { status: 401, text: 'This took too long, or was used before; begin again.' },
  invalid_token: { status: 401, text: 'The token is not valid or has expired.', retry: 'after_sign_in' },
  session_ended: { status: 401, text: 'This session has ended.', retry: 'after_sign_in' },
  refresh_reused: { status: 401, text: 'This refresh token was used before; the session has ended.' },
  csrf: { status: 403, text: 'A write with the session cookie must come from this site.' },
  origin_not_allowed: { status: 403, text: 'This origin may not connect.' },
  forbidden: { status: 403, text: 'You may not do this.' },
  wrong_password: { status: 403, text: 'The password is wrong.' },
  wrong_code: { status: 403, text: 'The code is wrong, or was used before.' },
  passkey_refused: { status: 403, text: 'This passkey was not accepted; try again.' },
  admin_only: { status: 403, text: 'Only administrators may do this.' },
  not_reachable: { status: 403, text: 'This person cannot be reached.' },
  person_blocked: { status: 403, text: 'You have blocked this person.' },
  owner_cannot_leave: { status: 403, text: 'The owner hands the chat over or deletes it, but does not leave it.' },
  edit_window_closed: { status: 403, text: 'This message can no longer be edited.' },
  not_found: { status: 404, text: 'There is nothing at this address.' },
  file_not_found: { status: 404, text: 'There is no such file.' },
  chat_not_found: { status: 404, text: 'There is no such chat.' },
  user_not_found: { status: 404, text: 'There is no such person.' },
  invite_not_found: { status: 404, text: 'There is no such invitation.' },
  request_not_found: { status: 404, text: 'Nobody of this id waits to be let in.' },
  passkey_not_found: { status: 404, text: 'There is no such passkey.' },
  session_not_found: { status: 404, text: 'There is no such session.' },
  method_not_allowed: { status: 405, text: 'This address does not know this method.' },
  username_taken: { status: 409, text: 'This username is taken.' },
  email_taken: { status: 409, text: 'This e-mail address is in use.' },
  public_name_taken: { status: 409, text: 'This public name is taken.' },
  already_member: { status: 409, text: 'This person is a member already.' },
  totp_on: { status: 409, text: 'Codes of an authenticator app are asked for already.' },
  totp_off: { status: 409, text: 'Codes of an authenticator app are not set up.' },
  file_not_ready: { status: 409, text: 'The file is still being examined.', retry: 'later' },
  upload_incomplete: { status: 409, text: 'The bytes of the file have not arrived as announced.' },
  offset_mismatch: { status: 409, text: 'The upload stands at another offset; ask for it.' },
  gone: { status: 410, text: 'This is no longer there.' },
  invite_revoked: { status: 410, text: 'This invitation was withdrawn.' },
  invite_expired: { status: 410, text: 'This invitation has expired.' },
  invite_over: { status: 410, text: 'This invitation does not work any more.' },
  invite_used_up: { status: 410, text: 'This invitation has been used up.' },
  body_too_large: { status: 413, text: 'The request is too large.' },
  tus_version: { status: 412, text: 'The upload must speak tus 1.0.0.' },
  file_too_large: { status: 413, text: 'The file is too large.' },
  message_too_long: { status: 422, text: 'The message is too long.' },
  message_empty: { status: 422, text: 'The message is empty.' },
  file_empty: { status: 422, text: 'The file is empty.' },
  file_rejected: { status: 422, text: 'The file was refused: it is damaged or harmful.' },
  not_an_image: { status: 422, text: 'This is not a picture that can be shown.' },
  quota_exceeded: { status: 422, text: 'Your files take all the space you have.' },
  sticker_not_found: { status: 422, text: 'There is no such sticker.' },
  weak_password: { status: 422, text: 'This password is too easy to guess.' },
  too_many_passkeys: { status: 422, text: 'There are too many passkeys; remove one first.' },
  too_many_members: { status: 422, text: 'The chat cannot hold that many members.' },
  too_many_reactions: { status: 422, text: 'This message cannot take another kind of reaction.' },
  too_many_scheduled: { status: 422, text: 'Too many messages are scheduled in this chat.' },
  too_many_blocks: { status: 422, text: 'You have blocked too many people; unblock some first.' },
  too_many_invites: { status: 422, text: 'The chat has too many invitations; withdraw some first.' },
  too_many_pins: { status: 422, text: 'The chat cannot hold up that many messages.' },
  unsupported_media_type: { status: 415, text: 'The content type is not supported.' },
  rate_limited: { status: 429, text: 'Too many requests; try again later.', retry: 'later' },
  too_many_connections: { status: 429, text: 'Too many connections.', retry: 'later' },
  overloaded: { status: 429, text: 'Messages are arriving faster than they can be stored; try again.', retry: 'later' },
  message_discarded: { status: 410, text: 'The chat was deleted before the message was stored.' },
  internal: { status: 500, text: 'Something went wrong here.', retry: 'later' },
  unavailable: { status: 503, text: 'A needed part is not available right now; try again.', retry: 'later' },
  not_ready: { status: 503, text: 'The server is starting.', retry: 'later' },
  draining: { status: 503, text: 'The server is stopping; another will answer.', retry: 'later' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errors;

/** Close codes of WebSockets: 3000-3499 the client may reconnect, 3500-3999 it must not. */
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

/** Thrown by services; doors turn it into what their protocol says. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, details?: Record<string, unknown>, options?: { retryAfter?: number; cause?: unknown }) {
    super(errors[code].text, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.retryAfter = options?.retryAfter;
  }

  get status(): number {
    return errors[this.code].status;
  }
}
