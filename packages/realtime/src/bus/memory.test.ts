import { busSuite } from './bus.suite.ts';
import { createMemoryExchange, type MemoryBus } from './memory.ts';

busSuite('memory', async () => {
  const exchange = createMemoryExchange();
  const members: MemoryBus[] = [];
  const setAway = async (isAway: boolean) => {
    for (const member of members) member.setAway(isAway);
  };
  return {
    async connect() {
      const member = exchange.connect();
      members.push(member);
      return member;
    },
    cut: () => setAway(true),
    heal: () => setAway(false),
    stop: async () => {},
  };
});
