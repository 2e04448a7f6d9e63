import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Estate } from './estate/estate.ts';

/** Tells other commands of this checkout where the demo organization runs. Its credentials are the simulator's own. */
const PATH = join(import.meta.dirname, '..', '..', '.central-ops', 'running.json');

export interface Running {
  readonly variables: Record<string, string>;
  readonly estate: Estate;
}

export async function announceRunning(running: Running): Promise<void> {
  await mkdir(dirname(PATH), { recursive: true });
  await writeFile(PATH, JSON.stringify(running));
}

export async function withdrawRunning(): Promise<void> {
  await rm(PATH, { force: true });
}

/** The demo organization that `npm start` runs, if it answers. */
export async function findRunning(): Promise<Running | undefined> {
  try {
    const running = JSON.parse(await readFile(PATH, 'utf8')) as Running;
    await fetch(running.variables.AWS_ENDPOINT_URL as string, { signal: AbortSignal.timeout(2_000) });
    return running;
  } catch {
    return undefined;
  }
}
