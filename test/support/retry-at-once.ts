import { onTestFinished, vi } from 'vitest';

/** For this test the SDK waits no time between its attempts: its backoff is a random share of up to seconds. */
export function retryAtOnce(): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  onTestFinished(() => random.mockRestore());
}
