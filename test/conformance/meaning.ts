import type { SuiteRun } from './suite.ts';

/**
 * Passes that say nothing of a gateway that has tools and nothing else, as `scenario` or `scenario:check`: what is asked of
 * the feature holds because the feature is not there.
 */
const VACUOUS = [
  // Any error is taken for a good answer, and the tools that would ask for input are not there.
  'input-required-result-unsupported-methods',
  'input-required-result-validate-input',
  // No contents for an unknown resource: there are no resources.
  'sep-2164-resource-not-found',
  // That the tool is listed; what of its schema is kept is asked by the other checks.
  'json-schema-2020-12:json-schema-2020-12-tool-found',
  // Prompts would have to be declared.
  'server-stateless:sep-2575-server-declares-prompts-in-discover',
  // No notification that was not asked for: none is ever sent.
  'server-stateless:sep-2575-server-honors-notification-filter',
  // Removed methods are not found, as all methods of tasks.
  'tasks-dispatch-and-envelope',
  'tasks-request-headers',
];

/** The suite adds it to each scenario: what came was JSON-RPC of the revision, a refusal included. */
const SYNTHETIC = 'wire-schema-valid';

export interface Meaningful {
  /** Nothing in them failed or warned. */
  readonly scenarios: string[];
  /** Passed checks, those in scenarios of which other checks are in the baseline included. */
  readonly checks: number;
}

/** The passes that count. */
export function meaningful(checks: SuiteRun['checks']): Meaningful {
  const scenarios: string[] = [];
  let count = 0;
  for (const [scenario, all] of checks) {
    const vacuous = (id: string) => VACUOUS.includes(scenario) || VACUOUS.includes(`${scenario}:${id}`);
    const passed = all.filter(({ id, status }) => status === 'SUCCESS' && id !== SYNTHETIC && !vacuous(id));
    count += passed.length;
    const clean = all.every(({ status }) => status !== 'FAILURE' && status !== 'WARNING');
    if (clean && passed.length > 0) scenarios.push(scenario);
  }
  return { scenarios: scenarios.sort(), checks: count };
}
