import type { TObject, TSchema } from 'typebox';
import type { ErrorCode } from '../errors.ts';

/**
 * Who gets past the door, weakest first. `public`: anyone. `signed_in`: any person. `member`, `admin`, `owner`: by role in the
 * chat of `:chatId`. `sender`: members, decided further by whose message it is. `site_admin`: administrators of the installation.
 */
export type Access = 'public' | 'signed_in' | 'member' | 'admin' | 'owner' | 'sender' | 'site_admin';

/** Which bucket a call is counted in, per person or per address; `join` always per address. */
export type Limit =
  | 'sign_in'
  | 'register'
  | 'send'
  | 'forward'
  | 'search'
  | 'write'
  | 'join'
  | 'glimpse'
  | 'draft'
  | 'upload'
  | 'chunk';

export interface Route {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  summary: string;
  access: Access;
  limit?: Limit;
  /** Counted only where the query has this parameter. */
  limitedWith?: string;
  params?: TObject;
  query?: TObject;
  body?: TSchema;
  /** Takes `multipart/form-data` with one file in this field; a JSON body then stands in for it. */
  form?: string;
  /** Takes bytes of this content type. */
  bytes?: string;
  /** Status -> body; `null` has none. */
  responses: Readonly<Record<number, TSchema | null>>;
  /** Codes of its own, besides those any route may answer. */
  errors?: readonly ErrorCode[];
  /** Not below `/v1`, and not in the way of the web app. */
  absolute?: boolean;
}
