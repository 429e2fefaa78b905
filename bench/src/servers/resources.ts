/** What a server under test says of itself. Started with `--expose-gc`. */
export const resources = {
  async residentBytes(): Promise<number> {
    for (let round = 0; round < 5; round += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return process.memoryUsage.rss();
  },
  /** What is in use, of what is resident: the rest is room that V8 keeps. Asked right after `residentBytes`. */
  liveBytes(): number {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  cpuMicros(): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export interface ServerCalls {
  ports(input: object): { port: number; control: number };
  residentBytes(input: object): Promise<number>;
  liveBytes(input: object): number;
  cpuMicros(input: object): number;
}
