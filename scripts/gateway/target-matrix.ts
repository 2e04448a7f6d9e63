import type { FurtherTarget, OutboundAuth } from '../../schemas/gateway-section.ts';
import type { Problem } from './problem.ts';

type Auth = OutboundAuth['type'];

/** Which outbound authentication a kind of target takes. Source: AgentCore guide, "Outbound authorization", its table. */
const TAKES: Readonly<Record<FurtherTarget['type'], readonly Auth[]>> = {
  lambda: ['gateway_role'],
  'mcp-server': ['none', 'gateway_role', 'oauth', 'api_key'],
  'open-api-schema': ['none', 'gateway_role', 'oauth', 'api_key'],
  'smithy-model': ['gateway_role', 'oauth'],
  'api-gateway': ['none', 'gateway_role', 'api_key'],
};

/** Targets whose role credentials need the service to sign for; for the others AWS knows it. */
const SIGNS_FOR_SERVICE: readonly FurtherTarget['type'][] = ['mcp-server', 'open-api-schema'];

/** The authentication of a target that names none. */
export function defaultAuth(type: FurtherTarget['type']): OutboundAuth {
  return TAKES[type].includes('none') ? { type: 'none' } : { type: 'gateway_role' };
}

/** What of a target's outbound authentication AWS would refuse. */
export function checkOutboundAuth(target: FurtherTarget, search: boolean): Problem[] {
  const auth = target.auth ?? defaultAuth(target.type);
  const where = `gateway.targets ${target.name}`;
  const takes = TAKES[target.type];
  if (!takes.includes(auth.type)) {
    const what = `a target of type ${target.type} cannot use outbound authentication ${auth.type}`;
    return [{ where, what, fix: `Use one of: ${takes.join(', ')}.` }];
  }
  const problems: Problem[] = [];
  if (auth.type === 'gateway_role') {
    const needs = SIGNS_FOR_SERVICE.includes(target.type);
    if (needs && auth.service === undefined) {
      const fix = 'Add "service" to its auth: bedrock-agentcore, execute-api or lambda.';
      problems.push({ where, what: 'the service that the gateway signs for is missing', fix });
    }
    if (!needs && (auth.service !== undefined || auth.region !== undefined)) {
      const what = `a target of type ${target.type} takes no service or region with gateway_role`;
      problems.push({ where, what, fix: 'Remove them: the gateway knows what to sign for.' });
    }
  }
  if (target.type === 'smithy-model' && auth.type === 'oauth' && auth.grantType !== 'CLIENT_CREDENTIALS') {
    problems.push({ where, what: `smithy-model takes no ${auth.grantType}`, fix: 'Use CLIENT_CREDENTIALS.' });
  }
  if (target.type === 'mcp-server' && target.listingMode === 'DYNAMIC' && search) {
    const what = 'listingMode DYNAMIC does not go together with semantic search';
    problems.push({ where, what, fix: 'Use listingMode DEFAULT, or turn search off.' });
  }
  return problems;
}
