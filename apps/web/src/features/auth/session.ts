import { ApiError, needsSignIn } from '@parley/client';
import type { Login, Registration, TotpLogin } from '@parley/contract';
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { i18n } from '../../i18n/index.ts';
import { useParley } from '../../realtime/parley.ts';
import { usePasskey } from '../security/webauthn.ts';

/** Who is signed in here, and the life of the connection with it. */
export const useSession = defineStore('session', () => {
  const { client } = useParley();
  /** Undefined until it was looked up. */
  const isSignedIn = ref<boolean>();
  /** It ended, and not by signing out here. */
  const hasEnded = ref(false);
  /** Why the chats could not be loaded. */
  const failure = shallowRef<unknown>();

  async function look(): Promise<boolean> {
    isSignedIn.value ??= await client.isSignedIn();
    return isSignedIn.value;
  }

  /** Without a network it goes on trying; what it rejects with needs the person. */
  async function start(): Promise<void> {
    failure.value = undefined;
    try {
      await client.start();
    } catch (error) {
      if (needsSignIn(error)) ended();
      else if (isSignedIn.value) failure.value = error;
    }
  }

  function begun(): void {
    hasEnded.value = false;
    isSignedIn.value = true;
  }

  /** Answers with the challenge of a second step when a code is asked for. */
  async function signIn(login: Login): Promise<string | undefined> {
    try {
      await client.login(login);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'totp_required') return error.challenge;
      throw error;
    }
    begun();
    return undefined;
  }

  async function confirm(answer: TotpLogin): Promise<void> {
    await client.confirmLogin(answer);
    begun();
  }

  /** The browser knows who has which passkey. */
  async function signInByPasskey(): Promise<void> {
    await client.loginByPasskey(await usePasskey(await client.http.call('passkeys.loginOptions')));
    begun();
  }

  async function signUp(registration: Registration): Promise<void> {
    await client.register(registration);
    await signIn({ username: registration.username, password: registration.password });
    // The words on the page so far; a failure leaves the server's default, which can be changed in the settings.
    await client.updateSettings({ language: i18n.global.locale.value }).catch(reportError);
  }

  async function signOut(): Promise<void> {
    isSignedIn.value = false;
    await client.logout();
  }

  function ended(): void {
    if (isSignedIn.value) hasEnded.value = true;
    isSignedIn.value = false;
  }

  return { isSignedIn, hasEnded, failure, look, start, signIn, confirm, signInByPasskey, signUp, signOut, ended };
});
