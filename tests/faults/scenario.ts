export interface Setting {
  print(line: string): void;
  /** From the command line, where given. */
  size: {
    clients?: string | undefined;
    seconds?: string | undefined;
    minutes?: string | undefined;
    only?: string | undefined;
  };
}

export interface Scenario {
  /** One line for people. */
  what: string;
  /** The promises that were broken, in words. */
  run(setting: Setting): Promise<string[]>;
}
