import { afterAll, beforeAll, describe } from 'vitest';
import { findMotoCommand } from '../../scripts/local/simulator/moto-runtime.ts';
import { type Simulator, startSimulator } from '../../scripts/local/simulator/simulator.ts';

// The first start of all installs moto.
const startWithinMs = 300_000;

const problem = await findMotoCommand(console.info).then(
  () => undefined,
  (error: Error) => error.message,
);

/**
 * `describe` for tests that need the simulated AWS. Without moto they are skipped and say why; where `CI` is set they
 * fail instead, so that CI never passes without them.
 */
export function describeSimulated(name: string, tests: () => void): void {
  if (problem === undefined || process.env.CI) {
    describe(name, tests);
    return;
  }
  console.warn(`SKIPPED: ${name}\n${problem}`);
  describe.skip(`${name} (skipped: ${problem})`, tests);
}

/** One simulator for the tests of a `describeSimulated`, from its first test to its last: `const aws = useSimulator()`. */
export function useSimulator(options: Parameters<typeof startSimulator>[0] = {}): () => Simulator {
  let simulator: Simulator | undefined;
  beforeAll(async () => {
    simulator = await startSimulator(options);
  }, startWithinMs);
  afterAll(async () => {
    await simulator?.stop();
  });
  return () => {
    if (!simulator) throw new Error('The simulator runs only inside tests and hooks of describeSimulated.');
    return simulator;
  };
}
