import type { PasskeyAnswer, Tokens } from '@parley/contract';
import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { AuthContext, Origin } from '../context.ts';
import { toTokens } from '../grant.ts';
import { startSession } from '../start-session.ts';
import { findAccountById } from '../store.ts';
import { handleOf, keepChallenge, refused, takeAnswered, webauthn } from './challenges.ts';
import { siteOf } from './site.ts';
import { findPasskey, notePasskeyUse, type PasskeyRow } from './store.ts';

/** Names nobody: the same for everyone, whoever has passkeys. */
export async function passkeyLoginOptions(
  context: AuthContext,
  from: Origin,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthn();
  const { rpId } = siteOf(context.settings, from.page);
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: 'required' });
  await keepChallenge(context, options.challenge, null);
  return options;
}

/** A passkey is something one has, unlocked by something one knows or is: no code is asked for besides. */
export async function loginByPasskey(context: AuthContext, answer: PasskeyAnswer, from: Origin): Promise<Tokens> {
  const passkey = await findPasskey(context.db, answer.id);
  const account = passkey && (await findAccountById(context.db, passkey.user_id));
  if (passkey === undefined || account === undefined || !isOwner(passkey, answer)) throw refused();
  const counter = await verify(context, passkey, answer, from);
  const granted = await context.db.transaction().execute(async (trx) => {
    const started = await startSession(context, trx, account, from);
    if (!(await notePasskeyUse(trx, passkey, counter, new Date(context.clock())))) throw refused();
    return started;
  });
  return toTokens(context, granted);
}

/** The authenticator says whose key it holds, and has to say the same as we do. */
function isOwner(passkey: PasskeyRow, { response }: PasskeyAnswer): boolean {
  return Buffer.from(String(response.userHandle ?? ''), 'base64url').equals(handleOf(passkey.user_id));
}

/** The authenticator's new count of signatures: one that did not grow is of a copy, and refused. */
async function verify(context: AuthContext, passkey: PasskeyRow, answer: PasskeyAnswer, from: Origin): Promise<number> {
  const site = siteOf(context.settings, from.page);
  const challenge = await takeAnswered(context, answer, null);
  const { verifyAuthenticationResponse } = await webauthn();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    credential: {
      id: passkey.credential_id,
      publicKey: new Uint8Array(passkey.public_key),
      counter: Number(passkey.counter),
    },
    requireUserVerification: true,
  }).catch((cause) => {
    throw refused(cause);
  });
  if (!verified) throw refused();
  return authenticationInfo.newCounter;
}
