export * from './memory-log.ts';
export * from './redis-server.ts';
export * from './socket-client.ts';
