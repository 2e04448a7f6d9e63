import type { TestProject } from 'vitest/node';
import { type Estate, seedEstate } from '../../scripts/local/estate/estate.ts';
import { startMoto } from '../../scripts/local/simulator/moto.ts';
import { SimulatorUnavailable } from '../../scripts/local/simulator/moto-runtime.ts';

declare module 'vitest' {
  interface ProvidedContext {
    simulation: { motoUrl: string; estate: Estate } | { unavailable: string };
  }
}

/** Starts one moto with the demo organization for all files of the simulated tier; each opens its own proxy to it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const moto = await startMoto();
    const estate = await seedEstate(moto.url);
    project.provide('simulation', { motoUrl: moto.url, estate });
    return () => moto.stop();
  } catch (error) {
    if (!(error instanceof SimulatorUnavailable) || process.env.CI) throw error;
    console.warn(`\nSKIPPED: the simulated tier. ${error.message}\n`);
    project.provide('simulation', { unavailable: error.message });
    return async () => {};
  }
}
