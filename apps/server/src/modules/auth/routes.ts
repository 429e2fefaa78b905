import type {} from '@fastify/cookie';
import type { Jwks, Static } from '@parley/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Call, created, type HandlersOf, noContent, ok } from '../../http/handler.ts';
import { sessionCookie } from '../../http/identity.ts';
import type { Auth, AuthSettings, Origin } from './service.ts';

export type AuthRouteName =
  | 'auth.register'
  | 'auth.login'
  | 'auth.refresh'
  | 'auth.logout'
  | 'auth.socketToken'
  | 'auth.socketTokenGet'
  | 'sessions.list'
  | 'sessions.end'
  | 'auth.jwks'
  | 'users.ban'
  | 'users.unban'
  | 'auth.loginTotp'
  | 'totp.get'
  | 'totp.enrol'
  | 'totp.confirm'
  | 'totp.disable'
  | 'totp.recoveryCodes'
  | 'me.password'
  | 'passkeys.loginOptions'
  | 'passkeys.login'
  | 'passkeys.list'
  | 'passkeys.options'
  | 'passkeys.add'
  | 'passkeys.rename'
  | 'passkeys.remove';

export function authRoutes(auth: Auth): HandlersOf<AuthRouteName> {
  const cookie = cookieOptions(auth.settings);
  const setCookie = (request: FastifyRequest, reply: FastifyReply, token: string): void => {
    void reply.setCookie(sessionCookie, token, { ...cookie(request), maxAge: auth.settings.sessionTtl });
  };

  return {
    'auth.register': async ({ body }) => created(await auth.register(body)),

    'auth.login': async (call) => {
      const tokens = await auth.login(call.body, originOf(call));
      setCookie(call.raw, call.rawReply, tokens.session_token);
      return ok(tokens);
    },

    'auth.loginTotp': async (call) => {
      const tokens = await auth.loginByCode(call.body, originOf(call));
      setCookie(call.raw, call.rawReply, tokens.session_token);
      return ok(tokens);
    },

    'auth.refresh': async ({ body, raw, rawReply }) => {
      const tokens = await auth.refresh(body.refresh_token);
      setCookie(raw, rawReply, tokens.session_token);
      return ok(tokens);
    },

    'auth.logout': async ({ viewer, raw, rawReply }) => {
      await auth.logout(viewer.userId, viewer.sessionId);
      void rawReply.clearCookie(sessionCookie, cookie(raw));
      return noContent();
    },

    'auth.socketToken': async ({ viewer, body }) => ok(await auth.socketToken(viewer, body.scopes)),
    'auth.socketTokenGet': async ({ viewer }) => ok(await auth.socketToken(viewer)),

    'sessions.list': async ({ viewer }) => ok({ items: await auth.listSessions(viewer) }),
    'sessions.end': async ({ viewer, params }) => {
      await auth.endSession(viewer.userId, params.sessionId);
      return noContent();
    },

    'users.ban': async ({ viewer, params }) => {
      await auth.ban(viewer, params.userId);
      return noContent();
    },
    'users.unban': async ({ viewer, params }) => {
      await auth.unban(viewer, params.userId);
      return noContent();
    },

    'totp.get': async ({ viewer }) => ok(await auth.totpStatus(viewer.userId)),
    'totp.enrol': async (call) => ok(await auth.enrolTotp(call.viewer.userId, call.body.password, originOf(call))),
    'totp.confirm': async (call) =>
      ok({ recoveryCodes: await auth.confirmTotp(call.viewer.userId, call.body.code, originOf(call)) }),
    'totp.disable': async (call) => {
      await auth.disableTotp(call.viewer.userId, call.body, originOf(call));
      return noContent();
    },
    'totp.recoveryCodes': async (call) =>
      ok({ recoveryCodes: await auth.renewRecoveryCodes(call.viewer.userId, call.body, originOf(call)) }),
    'me.password': async (call) => {
      await auth.changePassword(call.viewer, call.body, originOf(call));
      return noContent();
    },

    'passkeys.loginOptions': async (call) => ok({ options: await auth.passkeyLoginOptions(originOf(call)) }),
    'passkeys.login': async (call) => {
      const tokens = await auth.loginByPasskey(call.body.answer, originOf(call));
      setCookie(call.raw, call.rawReply, tokens.session_token);
      return ok(tokens);
    },
    'passkeys.list': async ({ viewer }) => ok({ items: await auth.listPasskeys(viewer.userId) }),
    'passkeys.options': async (call) =>
      ok({ options: await auth.newPasskeyOptions(call.viewer.userId, call.body.password, originOf(call)) }),
    'passkeys.add': async (call) => created(await auth.addPasskey(call.viewer.userId, call.body, originOf(call))),
    'passkeys.rename': async ({ viewer, params, body }) =>
      ok(await auth.renamePasskey(viewer.userId, params.passkeyId, body.name)),
    'passkeys.remove': async ({ viewer, params }) => {
      await auth.removePasskey(viewer.userId, params.passkeyId);
      return noContent();
    },

    'auth.jwks': () => ok(auth.jwks as Static<typeof Jwks>),
  };
}

const originOf = (call: Pick<Call<'auth.login'>, 'address' | 'header'>): Origin => ({
  address: call.address,
  userAgent: call.header('user-agent'),
  page: { origin: call.header('origin'), host: call.header('host') },
});

function cookieOptions({ cookie: { domain, secure } }: AuthSettings) {
  return (request: FastifyRequest) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: secure === 'auto' ? request.protocol === 'https' : secure,
    ...(domain === undefined ? {} : { domain }),
  });
}
