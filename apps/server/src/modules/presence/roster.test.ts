import { rosterSuite } from './roster.suite.ts';
import { createMemoryRoster } from './roster.ts';

rosterSuite('memory', async () => createMemoryRoster());
