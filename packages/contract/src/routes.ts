import { authRoutes } from './routes/auth.ts';
import { blockRoutes } from './routes/blocks.ts';
import { chatRoutes } from './routes/chats.ts';
import { draftRoutes } from './routes/drafts.ts';
import { factorRoutes } from './routes/factors.ts';
import { fileRoutes } from './routes/files.ts';
import { forwardRoutes } from './routes/forwards.ts';
import { inviteRoutes } from './routes/invites.ts';
import { messageRoutes } from './routes/messages.ts';
import { opsRoutes } from './routes/ops.ts';
import { pinRoutes } from './routes/pins.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { scheduledRoutes } from './routes/scheduled.ts';
import { searchRoutes } from './routes/search.ts';
import { userRoutes } from './routes/users.ts';

/** Every route, once. `/v1` is the canonical prefix; the same routes answer without it. */
export const routes = {
  ...authRoutes,
  ...factorRoutes,
  ...userRoutes,
  ...blockRoutes,
  ...chatRoutes,
  ...inviteRoutes,
  ...draftRoutes,
  ...messageRoutes,
  ...forwardRoutes,
  ...pinRoutes,
  ...reactionRoutes,
  ...fileRoutes,
  ...scheduledRoutes,
  ...searchRoutes,
  ...opsRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
