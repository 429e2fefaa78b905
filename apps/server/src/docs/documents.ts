import { buildAsyncApi, buildOpenApi, type JsonObject } from '@parley/contract/generate';
import manifest from '../../package.json' with { type: 'json' };
import { sessionCookie } from '../http/identity.ts';

/** The same documents that are kept in docs/reference. */
export const buildDocuments = (): { openapi: JsonObject; asyncapi: JsonObject } => ({
  openapi: buildOpenApi({ version: manifest.version, cookieName: sessionCookie }),
  asyncapi: buildAsyncApi({ version: manifest.version }),
});
