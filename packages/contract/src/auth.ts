import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';
import { DisplayName, Email, Username } from './users.ts';

export const Password = Type.String({ minLength: 8, maxLength: 256 });

export const Registration = Type.Object({
  username: described(Username, 'Must be free, whatever the case: letters, digits, and `_`, `.`, `-` inside.'),
  email: described(Email, 'Must be free; told to nobody else.'),
  password: described(Password, '8 to 256 characters.'),
  displayName: optional(described(DisplayName, 'What others see; the username by default.')),
});
export type Registration = Static<typeof Registration>;

export const Registered = Type.Object({
  id: described(Id, 'User id of the new account.'),
  username: Type.String({ description: 'As it was taken.' }),
});

export const Login = Type.Object({
  username: optional(Type.String({ maxLength: 254, description: 'This or `email`; either takes both.' })),
  email: optional(Type.String({ maxLength: 254, description: 'This or `username`; either takes both.' })),
  password: Type.String({ maxLength: 256, description: 'Of the account.' }),
});
export type Login = Static<typeof Login>;

/** Field names as OAuth 2.0 spells them (RFC 6749, section 5.1). */
export const Tokens = Type.Object({
  access_token: Type.String({
    description: 'A JWT for the Authorization header and for sockets, valid for a short time.',
  }),
  refresh_token: Type.String({ description: 'For new tokens, once: each answer brings another.' }),
  session_token: Type.String({ description: 'Valid as long as the session. Also the value of the session cookie.' }),
  token_type: Type.Literal('Bearer', { description: 'How to send the access token.' }),
  expires_in: Type.Integer({ description: 'Seconds the access token is valid from now.' }),
  user_id: described(Id, 'Who signed in.'),
});
export type Tokens = Static<typeof Tokens>;

export const Refresh = Type.Object({
  refresh_token: Type.String({
    maxLength: 256,
    description: 'The latest one; one that was used before ends the session.',
  }),
});

export const SocketTokenRequest = Type.Object({
  scopes: optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 64,
      description: 'Those one wants, such as `chat:read:message`; all reading ones the person has by default.',
    }),
  ),
});
export const SocketToken = Type.Object({
  token: Type.String({ description: 'A JWT for sockets.' }),
  scopes: Type.Array(Type.String(), { description: 'Those it has.' }),
  expires_in: Type.Integer({ description: 'Seconds it is valid from now.' }),
});

export const Session = Type.Object({
  id: described(Id, 'By which it is ended.'),
  userAgent: optional(Type.String({ description: 'As the browser or program named itself; absent when it did not.' })),
  address: optional(Type.String({ description: 'IP address it signed in from; absent when not known.' })),
  createdAt: described(Timestamp, 'When the person signed in.'),
  lastUsedAt: described(Timestamp, 'When it was last used, to within a minute.'),
  isCurrent: Type.Boolean({ description: 'Whether it is the one that asks.' }),
});
export type Session = Static<typeof Session>;

/** JSON Web Key Set (RFC 7517) with Ed25519 keys (RFC 8037). */
export const Jwks = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.String({ description: 'Kind of key: `OKP`.' }),
      crv: Type.String({ description: 'Curve: `Ed25519`.' }),
      x: Type.String({ description: 'The public key, in base64url.' }),
      kid: Type.String({ description: 'By which the header of a token names it.' }),
      alg: Type.String({ description: 'How it signs: `EdDSA`.' }),
      use: Type.String({ description: '`sig`: it signs.' }),
    }),
    { description: 'Tokens name theirs by `kid`; one at present.' },
  ),
});
