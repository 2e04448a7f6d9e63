/**
 * How many cases a test runs: `quick` within `npm test`, `full` within `npm run proof`, which is the number
 * that docs/trust.md claims.
 */
export function cases(quick: number, full: number): number {
  return process.env.CENTRAL_OPS_PROOF === 'full' ? full : quick;
}

/** Whether this is `npm run proof`. */
export const inFull = process.env.CENTRAL_OPS_PROOF === 'full';
