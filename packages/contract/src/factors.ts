import { Password } from './auth.ts';
import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';
import { DisplayName } from './users.ts';

const code = Type.String({
  minLength: 6,
  maxLength: 16,
  description: 'The six digits the authenticator app shows now. Each code is taken once.',
});
const recoveryCode = Type.String({
  minLength: 16,
  maxLength: 32,
  description: 'One of the recovery codes; used up by it.',
});
const password = Type.String({ maxLength: 256, description: "The person's password." });

/** Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 s). */
export const TotpStatus = Type.Object({
  isOn: Type.Boolean({ description: 'Whether signing in by password asks for a code.' }),
  since: optional(described(Timestamp, 'Since when it does; absent when it does not.')),
  recoveryCodesLeft: Type.Integer({ minimum: 0, description: 'Recovery codes that were not used yet.' }),
});
export type TotpStatus = Static<typeof TotpStatus>;

export const PasswordProof = Type.Object({ password });

/** To be given to an authenticator app, and confirmed by a code of it within ten minutes. */
export const TotpSecret = Type.Object({
  secret: Type.String({ description: 'The secret in Base32 (RFC 4648), to be typed in.' }),
  uri: Type.String({ description: 'The same as an otpauth:// address, for a QR code.' }),
});
export type TotpSecret = Static<typeof TotpSecret>;

export const TotpCode = Type.Object({ code });

/** One of the three shows that it is really the person. */
export const FactorProof = Type.Object({
  password: optional(password),
  code: optional(code),
  recoveryCode: optional(recoveryCode),
});
export type FactorProof = Static<typeof FactorProof>;

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), {
    description:
      'Each stands in for one code. Shown once: only their hashes are stored. Earlier ones are no longer good.',
  }),
});
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** The second step of a sign-in: the challenge of the first, with a code or a recovery code. */
export const TotpLogin = Type.Object({
  challenge: Type.String({ maxLength: 1_024, description: 'From the `totp_required` answer; good for five minutes.' }),
  code: optional(code),
  recoveryCode: optional(recoveryCode),
});
export type TotpLogin = Static<typeof TotpLogin>;

export const PasswordChange = Type.Object({
  currentPassword: password,
  newPassword: described(Password, 'At least 8 characters.'),
});
export type PasswordChange = Static<typeof PasswordChange>;

/** A passkey as its owner sees it. */
export const Passkey = Type.Object({
  id: described(Id, 'By which it is renamed and removed.'),
  name: Type.String({ description: 'What the person calls it.' }),
  createdAt: described(Timestamp, 'When it was added.'),
  lastUsedAt: optional(described(Timestamp, 'When it last signed the person in; absent when never.')),
});
export type Passkey = Static<typeof Passkey>;

/** What to hand to the browser: the JSON forms of WebAuthn Level 3, section 5.1. Good for five minutes, for one answer. */
export const PasskeyOptions = Type.Object({
  options: Type.Record(Type.String(), Type.Unknown(), {
    description: '`PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.',
  }),
});
export type PasskeyOptions = Static<typeof PasskeyOptions>;

/** What the browser answered: `RegistrationResponseJSON` or `AuthenticationResponseJSON` of WebAuthn Level 3. */
export const PasskeyAnswer = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 1_400, description: 'Id of the credential, base64url.' }),
  rawId: Type.String({ maxLength: 1_400, description: 'The same.' }),
  type: Type.Literal('public-key', { description: 'The only kind there is.' }),
  response: Type.Record(Type.String(), Type.Unknown(), {
    description: '`clientDataJSON` with `attestationObject`, or with `authenticatorData` and `signature`.',
  }),
  authenticatorAttachment: optional(Type.String({ maxLength: 32, description: '`platform` or `cross-platform`.' })),
  clientExtensionResults: optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'As the browser gave them; not used.' }),
  ),
});
export type PasskeyAnswer = Static<typeof PasskeyAnswer>;

const answer = described(PasskeyAnswer, 'What the browser said to the options that were given out last.');

export const NewPasskey = Type.Object({
  name: optional(described(DisplayName, 'What the person calls it; `Passkey` by default.')),
  answer,
});
export type NewPasskey = Static<typeof NewPasskey>;

export const PasskeyChange = Type.Object({ name: described(DisplayName, 'What the person is to call it.') });
export const PasskeyLogin = Type.Object({ answer });
export type PasskeyLogin = Static<typeof PasskeyLogin>;
