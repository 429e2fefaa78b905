import { chatReducers } from './chat-reducers.ts';
import { messageReducers } from './message-reducers.ts';
import { personReducers } from './person-reducers.ts';
import { reactionReducers } from './reaction-reducers.ts';
import type { Reducers } from './reducer.ts';

export const reducers = {
  ...messageReducers,
  ...reactionReducers,
  ...chatReducers,
  ...personReducers,
} satisfies Reducers;
