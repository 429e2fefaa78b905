/** How much is measured: all of it in about five minutes on two cores, `--small` in about one. */
export interface Sizes {
  rounds: number;
  /** Subscribers of one topic. The receiving process of each contender may open that many files. */
  crowds: readonly number[];
  /** Deliveries of a run. */
  deliveries: number;
  idle: readonly number[];
  /** Joins and leaves of a run. */
  changes: number;
  storm: number;
  /** Turns of one event on each topic of each instance. */
  turns: number;
}

export const full: Sizes = {
  rounds: 3,
  crowds: [1000, 10_000],
  deliveries: 40_000,
  idle: [5000, 15_000],
  changes: 12_000,
  storm: 10_000,
  turns: 20,
};

export const small: Sizes = {
  rounds: 1,
  crowds: [200, 1000],
  deliveries: 10_000,
  idle: [1000],
  changes: 4000,
  storm: 1000,
  turns: 5,
};
