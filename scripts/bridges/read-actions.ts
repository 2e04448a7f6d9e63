import { readActions } from '../../schemas/bridge-specification.ts';
import type { Tool } from '../../schemas/define-tool.ts';

/** Verbs under which AWS files nothing but reads; the others (Get, Search) are written out. */
const WHOLE_VERBS = ['Describe', 'List'];

/**
 * What the AWS MCP Server may do in an account unless the configuration says otherwise: what the tools of this project
 * read. A session policy holds 2,048 characters, so a service's Describe and List actions stand as one pattern each; the
 * member role, which names exact actions, is the other bound. Actions that do not follow the verbs (apigateway:GET) are left out.
 */
export function defaultReadActions(tools: readonly Tool[]): string[] {
  const actions = tools.flatMap(({ iam }) => iam).filter((action) => readActions.safeParse([action]).success);
  return [...new Set(actions.map(byVerb))].sort();
}

function byVerb(action: string): string {
  const [service = '', name = ''] = action.split(':');
  const verb = WHOLE_VERBS.find((each) => name.startsWith(each));
  return verb === undefined ? action : `${service}:${verb}*`;
}
