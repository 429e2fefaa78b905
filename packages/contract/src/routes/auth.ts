import {
  Jwks,
  Login,
  Refresh,
  Registered,
  Registration,
  Session,
  SocketToken,
  SocketTokenRequest,
  Tokens,
} from '../auth.ts';
import { described, Id, listOf, Type } from '../schema.ts';
import type { Route } from './route.ts';

const userParams = Type.Object({ userId: described(Id, 'A user id; not one’s own.') });

const socketToken = {
  path: '/auth/ws',
  access: 'signed_in',
  responses: { 200: SocketToken },
} as const satisfies Partial<Route>;

export const authRoutes = {
  'auth.register': {
    method: 'POST',
    path: '/auth/register',
    summary: 'Make an account. The first one administers the installation.',
    access: 'public',
    limit: 'register',
    body: Registration,
    responses: { 201: Registered },
    errors: ['username_taken', 'email_taken', 'weak_password'],
  },
  'auth.login': {
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in; also sets the session cookie.',
    access: 'public',
    limit: 'sign_in',
    body: Login,
    responses: { 200: Tokens },
    errors: ['invalid_credentials'],
  },
  'auth.refresh': {
    method: 'POST',
    path: '/auth/refresh',
    summary: 'New tokens for a refresh token, which is used up by it.',
    access: 'public',
    limit: 'sign_in',
    body: Refresh,
    responses: { 200: Tokens },
    errors: ['invalid_token', 'refresh_reused', 'session_ended'],
  },
  'auth.logout': {
    method: 'POST',
    path: '/auth/logout',
    summary: 'End this session: its tokens and its sockets.',
    access: 'signed_in',
    responses: { 204: null },
  },
  'auth.socketToken': {
    ...socketToken,
    method: 'POST',
    summary: 'A short token with scopes, for sockets.',
    body: SocketTokenRequest,
  },
  'auth.socketTokenGet': {
    ...socketToken,
    method: 'GET',
    summary: 'The same with the default scopes.',
  },
  'sessions.list': {
    method: 'GET',
    path: '/auth/sessions',
    summary: "One's own sessions.",
    access: 'signed_in',
    responses: { 200: listOf(Session) },
  },
  'sessions.end': {
    method: 'DELETE',
    path: '/auth/sessions/:sessionId',
    summary: 'End one of them.',
    access: 'signed_in',
    params: Type.Object({ sessionId: described(Id, 'One of one’s own.') }),
    responses: { 204: null },
    errors: ['session_not_found'],
  },
  'users.ban': {
    method: 'PUT',
    path: '/users/:userId/ban',
    summary: 'Shut a person out: all their sessions end at once, and they cannot sign in.',
    access: 'site_admin',
    limit: 'write',
    params: userParams,
    responses: { 204: null },
    errors: ['user_not_found', 'forbidden'],
  },
  'users.unban': {
    method: 'DELETE',
    path: '/users/:userId/ban',
    summary: 'Let them in again.',
    access: 'site_admin',
    limit: 'write',
    params: userParams,
    responses: { 204: null },
    errors: ['user_not_found'],
  },
  'auth.jwks': {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys that access tokens are signed with.',
    access: 'public',
    responses: { 200: Jwks },
    absolute: true,
  },
} as const satisfies Record<string, Route>;
