import type { PasskeyAnswer, PasskeyOptions } from '@parley/contract';

/** Browsers have passkeys on secure pages only (HTTPS or localhost). */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential !== 'undefined';

const reasons: Readonly<Record<string, string>> = {
  InvalidStateError: 'security.passkeys.known',
  SecurityError: 'security.passkeys.notHere',
};

/** The browser or its owner did not do it. `key`: the text that says why. */
export class PasskeyFailure extends Error {
  readonly key: string;

  constructor(cause: unknown) {
    super('No passkey', { cause });
    this.key = reasons[(cause as Error).name] ?? 'security.passkeys.cancelled';
  }
}

async function ask(run: (browser: typeof import('@simplewebauthn/browser')) => Promise<unknown>) {
  const browser = await import('@simplewebauthn/browser');
  try {
    return (await run(browser)) as PasskeyAnswer;
  } catch (cause) {
    throw new PasskeyFailure(cause);
  }
}

/** Has the browser make a passkey. */
export const makePasskey = ({ options }: PasskeyOptions): Promise<PasskeyAnswer> =>
  ask(({ startRegistration }) => startRegistration({ optionsJSON: options as never }));

/** Has the browser find one. */
export const usePasskey = ({ options }: PasskeyOptions): Promise<PasskeyAnswer> =>
  ask(({ startAuthentication }) => startAuthentication({ optionsJSON: options as never }));
