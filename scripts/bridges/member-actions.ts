import type { ConfiguredBridge } from './configured-bridges.ts';

/** What bridges add to the member role. */
export interface MemberActions {
  readonly exact: readonly string[];
  /** With a *: the member role names exact actions, and is not widened by them. */
  readonly refused: readonly { readonly bridge: string; readonly action: string }[];
}

/** The actions that the configured bridges need in member accounts, beyond those of the tools of this project. */
export function memberActions(bridges: readonly ConfiguredBridge[], known: readonly string[]): MemberActions {
  const asked = bridges.flatMap(({ name, kind, iam = [] }) =>
    iam.map((action) => ({ bridge: name, kind, action })).filter(({ action }) => !known.includes(action)),
  );
  return {
    exact: [...new Set(asked.map(({ action }) => action).filter((action) => !action.includes('*')))].sort(),
    refused: asked
      .filter(({ action, kind }) => action.includes('*') && !(kind === 'aws-mcp' && covers(action, known)))
      .map(({ bridge, action }) => ({ bridge, action })),
  };
}

/** The AWS MCP Server's patterns only shorten its session policy, as long as the role has what they stand for. */
function covers(pattern: string, known: readonly string[]): boolean {
  const start = pattern.slice(0, -1);
  return known.some((action) => action.startsWith(start));
}
