/** What this process has been told to suffer. */
export const armed = { stop: false, killBeforeAck: false };

type Channel = Record<'ack', (...args: unknown[]) => void>;
type Connection = Record<'createChannel', () => Promise<Channel>>;
interface Broker {
  connect(...args: unknown[]): Promise<Connection>;
}

export const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  // Nothing of what follows may happen before the signal arrives.
  for (;;);
};

/** Channels whose acknowledgement is the end of the process, once that is armed. */
export function createFaultyChannels(broker: Broker): void {
  const connect = broker.connect;
  broker.connect = async (...args) => {
    const connection = await connect(...args);
    const createChannel = connection.createChannel.bind(connection);
    connection.createChannel = async () => {
      const channel = await createChannel();
      const ack = channel.ack.bind(channel);
      channel.ack = (...message) => (armed.killBeforeAck ? die() : ack(...message));
      return channel;
    };
    return connection;
  };
}
