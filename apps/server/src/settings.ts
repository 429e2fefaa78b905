/** One setting: its name in the environment and in `.env`, its default as it would be written there, and its reader. */
export interface Setting<T = unknown> {
  name: string;
  meaning: string;
  /** Left out: the setting is undefined unless it is set. */
  default?: string;
  /** Never printed. */
  secret?: true;
  /** Throws an Error whose message continues "NAME ". */
  parse(text: string): T;
}

const day = 24 * 60 * 60;
const mebibyte = 1024 * 1024;

/** Every setting there is. The key is its name in the code. */
export const settings = {
  port: {
    name: 'PORT',
    default: '3000',
    meaning: 'Port of the API and the web app; 0 takes any free one',
    parse: wholeNumber(0, 65_535),
  },
  host: { name: 'HOST', meaning: 'Address to listen on; all addresses of the machine if not set', parse: text },
  publicUrl: {
    name: 'PUBLIC_URL',
    meaning:
      'Address that people use, for links, cookies and passkeys (https makes cookies secure); http://localhost:PORT if not set',
    parse: origin,
  },
  dataDir: {
    name: 'PARLEY_DATA',
    default: './data',
    meaning: 'Folder of everything that is kept: the embedded database, keys, files',
    parse: text,
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    secret: true,
    meaning: 'PostgreSQL 15 or later, postgres://user:password@host:5432/name; the embedded PostgreSQL if not set',
    parse: url('postgres:', 'postgresql:'),
  },
  databasePool: {
    name: 'DATABASE_POOL',
    default: '20',
    meaning: 'Connections to PostgreSQL that one process opens at most',
    parse: wholeNumber(4, 90),
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    default: 'http://localhost:3000,http://localhost:5173,http://localhost:8443',
    meaning: "Web origins that may call the API and open sockets, besides PUBLIC_URL's",
    parse: list(origin),
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    default: '',
    meaning:
      'Addresses or networks of the proxies in front, whose X-Forwarded-For and -Proto are believed; loopback and uniquelocal are names for the usual ones',
    parse: list(text),
  },
  sessionDomain: {
    name: 'SESSION_DOMAIN',
    meaning: 'Domain of the session cookie, to share it between subdomains; only this host if not set',
    parse: text,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    default: 'info',
    meaning: 'trace, debug, info, warn, error, fatal or silent',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  },
  rateLimits: {
    name: 'RATE_LIMITS',
    default: 'on',
    meaning: 'on or off; off is for load tests only and is warned about at start',
    parse: onOff,
  },
  pubsubConnectionsPerAddress: {
    name: 'PUBSUB_CONNECTIONS_PER_ADDRESS',
    default: '100',
    meaning: 'Sockets on /pubsub that one address may have; no limit with RATE_LIMITS=off',
    parse: wholeNumber(1, 1_000_000),
  },
  passwordPolicy: {
    name: 'PASSWORD_POLICY',
    default: 'warn',
    meaning: 'warn or strict: whether a weak password is told or refused',
    parse: oneOf('warn', 'strict'),
  },
  accessTokenTtl: {
    name: 'ACCESS_TOKEN_TTL',
    default: '900',
    meaning: 'Seconds an access token is valid',
    parse: wholeNumber(30, day),
  },
  refreshTokenTtl: {
    name: 'REFRESH_TOKEN_TTL',
    default: String(30 * day),
    meaning: 'Seconds a sign-in lasts without being used',
    parse: wholeNumber(60, 400 * day),
  },
  authPrivateKey: {
    name: 'AUTH_PRIVATE_KEY',
    secret: true,
    meaning:
      'Ed25519 key that signs tokens (JWK, PEM, or the path of a file with one), the same on every host; a key of its own in PARLEY_DATA/keys if not set',
    parse: text,
  },
  logRetentionDays: {
    name: 'LOG_RETENTION_DAYS',
    default: '7',
    meaning: 'Days that a client may be away and still catch up event by event; after that it loads afresh',
    parse: wholeNumber(1, 365),
  },
  maxUploadBytes: {
    name: 'MAX_UPLOAD_BYTES',
    default: String(100 * mebibyte),
    meaning: 'Size of a file at most',
    parse: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  },
  uploadQuotaBytes: {
    name: 'UPLOAD_QUOTA_BYTES',
    default: String(5 * 1024 * mebibyte),
    meaning: 'Size of all files of one person at most; forwarded ones count for whoever uploaded them',
    parse: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  },
  presignTtl: {
    name: 'PRESIGN_TTL',
    default: '900',
    meaning: 'Seconds that an address of bytes in the store is valid',
    parse: wholeNumber(30, 7 * day),
  },
  s3Bucket: {
    name: 'AWS_S3_BUCKET',
    meaning: 'Bucket of an S3 store for files (S3, MinIO, ...); files are in PARLEY_DATA/blobs if not set',
    parse: text,
  },
  s3Region: { name: 'AWS_REGION', default: 'us-east-1', meaning: 'Region of the bucket', parse: text },
  s3AccessKey: {
    name: 'AWS_ACCESS_KEY',
    secret: true,
    meaning: "Key id for the bucket; what AWS's own chain of credentials finds if not set",
    parse: text,
  },
  s3SecretKey: { name: 'AWS_SECRET_KEY', secret: true, meaning: 'Secret key, with AWS_ACCESS_KEY', parse: text },
  s3Endpoint: {
    name: 'AWS_S3_ENDPOINT',
    meaning: 'Address of an S3 store that is not AWS, as browsers reach it, too',
    parse: url('http:', 'https:'),
  },
  clamavHost: { name: 'CLAMAV_HOST', meaning: 'Host of clamd, which scans every upload; none if not set', parse: text },
  clamavPort: {
    name: 'CLAMAV_PORT',
    default: '3310',
    meaning: 'Port, with CLAMAV_HOST',
    parse: wholeNumber(1, 65_535),
  },
  chatWorkerEnabled: {
    name: 'CHAT_WORKER_ENABLED',
    default: 'true',
    meaning: 'Whether this process stores accepted messages',
    parse: trueFalse,
  },
  workerHealthPort: {
    name: 'WORKER_HEALTH_PORT',
    meaning: 'Port of /workers/health and /metrics of a worker role; 3101 for the message worker if not set',
    parse: wholeNumber(0, 65_535),
  },
  rabbitmqUri: {
    name: 'RABBITMQ_URI',
    secret: true,
    meaning:
      'RabbitMQ 3.10 or later, amqp://user:password@host:5672/vhost (or amqps://); a queue in this process if neither it nor RABBITMQ_HOST is set',
    parse: url('amqp:', 'amqps:'),
  },
  rabbitmqHost: { name: 'RABBITMQ_HOST', meaning: 'Host of RabbitMQ, instead of RABBITMQ_URI', parse: text },
  rabbitmqPort: {
    name: 'RABBITMQ_PORT',
    default: '5672',
    meaning: 'Port, with RABBITMQ_HOST',
    parse: wholeNumber(1, 65_535),
  },
  rabbitmqUsername: {
    name: 'RABBITMQ_USERNAME',
    default: 'guest',
    meaning: 'User, with RABBITMQ_HOST (RabbitMQ lets guest in from its own host only)',
    parse: text,
  },
  rabbitmqPassword: {
    name: 'RABBITMQ_PASSWORD',
    default: 'guest',
    secret: true,
    meaning: 'Password, with RABBITMQ_HOST',
    parse: text,
  },
  rabbitmqVhost: {
    name: 'RABBITMQ_VHOST',
    default: '/',
    meaning: 'Virtual host, with RABBITMQ_HOST',
    parse: text,
  },
  rabbitmqChatExchange: {
    name: 'RABBITMQ_CHAT_EXCHANGE',
    default: 'chat.events',
    meaning: 'Exchange that accepted messages go to',
    parse: text,
  },
  rabbitmqChatDlxExchange: {
    name: 'RABBITMQ_CHAT_DLX_EXCHANGE',
    default: 'chat.dlx',
    meaning: 'Exchange of the messages that can never be stored',
    parse: text,
  },
  rabbitmqChatQueuePrefix: {
    name: 'RABBITMQ_CHAT_QUEUE_PREFIX',
    default: 'chat.message.send',
    meaning: "Beginning of the queues' names",
    parse: text,
  },
  rabbitmqChatDlqName: {
    name: 'RABBITMQ_CHAT_DLQ_NAME',
    default: 'chat.message.send.dlq',
    meaning: 'Queue of the messages that can never be stored (npm run dead-letters)',
    parse: text,
  },
  chatPartitionCount: {
    name: 'RABBITMQ_CHAT_PARTITION_COUNT',
    meaning:
      'Queues that chats are spread over; 8 for a new database if not set. Must be what the database says: npm run partitions changes both under load',
    parse: wholeNumber(1, 256),
  },
  chatPrefetch: {
    name: 'RABBITMQ_CHAT_CONSUMER_PREFETCH',
    default: '256',
    meaning: 'Messages of one partition that are stored together at most; 1 is strictly one at a time',
    parse: wholeNumber(1, 2_000),
  },
  maxRetries: {
    name: 'RABBITMQ_CHAT_MAX_RETRIES',
    default: '5',
    meaning: 'Further attempts to store a message that the database refuses before it is given up and its sender told',
    parse: wholeNumber(0, 100),
  },
  redisUrl: {
    name: 'REDIS_URL',
    secret: true,
    meaning:
      'Redis 7 or Valkey, redis://user:password@host:6379/0 (or rediss://), any node of a cluster; bus, presence and limits in this process if neither it nor REDIS_HOST is set',
    parse: url('redis:', 'rediss:'),
  },
  redisHost: { name: 'REDIS_HOST', meaning: 'Host of Redis, instead of REDIS_URL', parse: text },
  redisPort: { name: 'REDIS_PORT', default: '6379', meaning: 'Port, with REDIS_HOST', parse: wholeNumber(1, 65_535) },
  redisPassword: { name: 'REDIS_PASSWORD', secret: true, meaning: 'Password, with REDIS_HOST', parse: text },
  redisDb: {
    name: 'REDIS_DB',
    default: '0',
    meaning: 'Number of the database, with REDIS_HOST; channels are shared by all databases of a server',
    parse: wholeNumber(0, 1_000),
  },
  chatNotificationChannel: {
    name: 'CHAT_NOTIFICATION_CHANNEL',
    default: 'chat.notifications',
    meaning: 'Prefix of the bus channels of chats',
    parse: text,
  },
  drainSeconds: {
    name: 'DRAIN_SECONDS',
    default: '10',
    meaning: 'Seconds that a stopping process takes at most to send clients elsewhere and finish its work',
    parse: wholeNumber(0, 30),
  },
} satisfies Record<string, Setting>;

/** Settings of parts that this version does not have: they are warned about. */
export const unsupported: { name: string; part: string }[] = [{ name: 'SENTRY_DSN', part: 'Sentry' }];

function text(value: string): string {
  return value;
}

function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  };
}

function oneOf<const T extends string>(...values: T[]) {
  return (value: string): T => {
    const found = values.find((known) => known === value);
    if (found !== undefined) return found;
    throw new Error(`must be one of ${values.join(', ')}`);
  };
}

function onOff(value: string): boolean {
  return oneOf('on', 'off')(value) === 'on';
}

function trueFalse(value: string): boolean {
  return oneOf('true', 'false')(value) === 'true';
}

function url(...protocols: string[]) {
  return (value: string): string => {
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
    throw new Error(`must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  };
}

/** An address without a path: a browser's Origin header is compared with it letter by letter. */
function origin(value: string): string {
  url('http:', 'https:')(value);
  const { origin: result, pathname, search } = new URL(value);
  if (pathname === '/' && search === '') return result;
  throw new Error(`must have no path (${result})`);
}

function list<T>(parse: (value: string) => T) {
  return (value: string): T[] =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(parse);
}
