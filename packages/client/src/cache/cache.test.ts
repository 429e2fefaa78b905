import { describeCache } from './cache.suite.ts';
import { createMemoryCache } from './memory-cache.ts';

describeCache('memory', () => {
  const cache = createMemoryCache();
  return () => cache;
});
