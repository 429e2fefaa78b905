// What needs ioredis stands apart, so that who has one process does not load it.

export { connectCluster, connectRedis, isCluster, parseRedisUrl, type RedisTarget } from './bus/redis/connect.ts';
export * from './bus/redis.ts';
export { createSocketIORedisAdapter, type SocketIORedisAdapter } from './doors/socketio/redis-adapter.ts';
