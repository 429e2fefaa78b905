import type { Broker } from '../adapters/queue/rabbitmq/connection.ts';
import type { Names } from '../adapters/queue/rabbitmq/names.ts';
import { loadConfig } from '../config.ts';
import { brokerOf, namesOf } from '../start/queue.ts';

/** The broker that the settings name, and what things are called there. */
export function configuredBroker(): { broker: Broker; names: Names } {
  const config = loadConfig({ argv: [] });
  const broker = brokerOf(config);
  if (broker === undefined) {
    throw new Error('There is no broker: RABBITMQ_URI or RABBITMQ_HOST is not set. The queue is inside the process.');
  }
  return { broker, names: namesOf(config) };
}
