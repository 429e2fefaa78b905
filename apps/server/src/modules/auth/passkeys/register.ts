import { AppError, type NewPasskey } from '@parley/contract';
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { v7 as uuidV7 } from 'uuid';
import type { AuthContext, Origin } from '../context.ts';
import { handleOf, keepChallenge, refused, takeAnswered, webauthn } from './challenges.ts';
import { siteOf } from './site.ts';
import * as store from './store.ts';

const maxPasskeys = 20;

/** The key stays with its maker, unlocked by a finger, a face or a PIN, and is found without a name typed in. */
const selection = { residentKey: 'required', userVerification: 'required' } as const;

export async function newPasskeyOptions(
  context: AuthContext,
  userId: string,
  from: Origin,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { db, settings } = context;
  const known = await store.listPasskeys(db, userId);
  if (known.length >= maxPasskeys) throw new AppError('too_many_passkeys');
  const who = await db
    .selectFrom('users')
    .select(['username', 'display_name'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: 'Parley',
    rpID: siteOf(settings, from.page).rpId,
    userID: handleOf(userId),
    userName: who.username,
    userDisplayName: who.display_name,
    excludeCredentials: known.map((one) => ({ id: one.credential_id, transports: one.transports })),
    authenticatorSelection: selection,
  });
  await keepChallenge(context, options.challenge, userId);
  return options;
}

export async function addPasskey(
  context: AuthContext,
  userId: string,
  { name, answer }: NewPasskey,
  from: Origin,
): Promise<store.PasskeyRow> {
  const credential = await verify(context, userId, answer, from);
  const row = await store.insertPasskey(context.db, {
    id: uuidV7(),
    user_id: userId,
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: credential.transports ?? [],
    name: name?.trim() ?? 'Passkey',
    created_at: new Date(context.clock()),
  });
  if (row === undefined) throw refused();
  return row;
}

async function verify(context: AuthContext, userId: string, answer: NewPasskey['answer'], from: Origin) {
  const site = siteOf(context.settings, from.page);
  const challenge = await takeAnswered(context, answer, userId);
  const { verifyRegistrationResponse } = await webauthn();
  const { registrationInfo } = await verifyRegistrationResponse({
    response: answer as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
  }).catch((cause) => {
    throw refused(cause);
  });
  if (registrationInfo === undefined) throw refused();
  return registrationInfo.credential;
}
