import { afterAll, beforeAll } from 'vitest';
import { type RabbitServer, startRabbitServer } from '../../../testing/rabbitmq.ts';
import { queueSuite } from '../queue.suite.ts';
import { createStage } from './testing/stage.ts';

let server: RabbitServer;
beforeAll(async () => {
  server = await startRabbitServer();
});
afterAll(() => server.stop());

queueSuite(
  'RabbitMQ',
  async () => {
    const stage = await createStage(server);
    const end = await stage.open();
    return { ...end, close: stage.close };
  },
  { batch: 16, keepsTrying: true },
);
