/** What a message must begin with for its fault to happen to the worker that stores it. */
export const words = {
  beforePublish: 'fault: committed, not published',
  beforeAck: 'fault: published, not acknowledged',
  inTransaction: 'fault: stopped inside the transaction',
} as const;
