/** Printed with every run; `FUZZ_SEED` repeats one. */
export const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** `FUZZ_RUNS=1000` looks longer. */
export const runs = Number(process.env.FUZZ_RUNS ?? 40);

console.info(`fuzz: FUZZ_SEED=${seed} FUZZ_RUNS=${runs}`);
