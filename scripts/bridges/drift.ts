import { isDeepStrictEqual } from 'node:util';
import type { GatewayTool } from '../../schemas/gateway-schema.ts';
import { errorText, GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';
import { discoveredFrom } from './discover.ts';
import type { Discovered } from './discovered-file.ts';
import { type ListingContext, listTools } from './list-tools.ts';

/** How a server's tools differ from what was discovered. */
export interface Drift {
  readonly bridge: string;
  /** Offered now and not then, whether or not they are allowed. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Served tools that the Gateway would now be told otherwise. */
  readonly changed: readonly string[];
  /** Why the server could not be asked. */
  readonly unknown?: string;
}

/** Asks the server what it offers now. Never rejects: a server that cannot be asked is said to be unknown. */
export async function driftOf(
  bridge: ConfiguredBridge,
  then: Discovered,
  context: ListingContext,
  targetPrefix?: string,
): Promise<Drift> {
  try {
    const listed = await listTools(bridge, context);
    const offered = new Set(listed.tools.map(({ name }) => name));
    // An allowed tool that is gone is drift here, where discovery takes it for a wrong allow-list.
    const allow = bridge.allow.filter((name) => offered.has(name));
    return driftBetween(bridge.name, then, discoveredFrom({ ...bridge, allow }, listed, targetPrefix));
  } catch (error) {
    const [problem] = error instanceof GatewayError ? error.problems : [];
    return { bridge: bridge.name, added: [], removed: [], changed: [], unknown: problem?.what ?? errorText(error) };
  }
}

export function driftBetween(bridge: string, then: Discovered, now: Discovered): Drift {
  const [before, after] = [offeredBy(then), offeredBy(now)];
  const tools = new Map(now.tools.map((tool) => [tool.name, tool]));
  const refusedNow = then.tools.filter(({ name }) => Object.hasOwn(now.refused, name)).map(({ name }) => name);
  const refusedThen = now.tools.filter(({ name }) => Object.hasOwn(then.refused, name)).map(({ name }) => name);
  return {
    bridge,
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
    changed: [
      ...then.tools.filter((tool) => differs(tool, tools.get(tool.name), then, now)).map(({ name }) => name),
      ...refusedNow,
      ...refusedThen,
    ].sort(),
  };
}

export function hasDrift({ added, removed, changed }: Drift): boolean {
  return added.length + removed.length + changed.length > 0;
}

/** For people, one line per bridge that differs or could not be asked. */
export function driftText(drifts: readonly Drift[]): string {
  return drifts
    .flatMap((drift) => {
      const { bridge, added, removed, changed, unknown } = drift;
      if (unknown !== undefined) return [`? drift     ${bridge}: not known, ${unknown}`];
      if (!hasDrift(drift)) return [];
      const parts = Object.entries({ added, removed, changed }).filter(([, names]) => names.length > 0);
      const words = parts.map(([word, names]) => `${word} ${names.join(', ')}`).join('; ');
      return [`! drift     ${bridge}: ${words}. Look at it, then: npm run gateway -- discover ${bridge}`];
    })
    .join('\n');
}

function offeredBy({ tools, refused, others }: Discovered): string[] {
  return [...tools.map(({ name }) => name), ...Object.keys(refused), ...others].sort();
}

function differs(tool: GatewayTool, other: GatewayTool | undefined, then: Discovered, now: Discovered): boolean {
  if (other === undefined) return false;
  const repeatable = (found: Discovered) => found.repeatable.includes(tool.name);
  return !isDeepStrictEqual(tool, other) || repeatable(then) !== repeatable(now);
}
