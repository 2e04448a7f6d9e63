import { UnauthorizedError } from '@modelcontextprotocol/client';
import { GatewayError, type Problem } from '../problem.ts';

const DOCTOR = 'npm run gateway -- doctor finds the reason.';

/** An error of the MCP library in words with a fix; errors that have them already, and those of tools, stay as they are. */
export function explain(error: unknown, url: string): unknown {
  if (error instanceof GatewayError) return error;
  const problem = problemOf(error, url);
  return problem === undefined ? error : new GatewayError('The gateway could not be used.', [problem]);
}

function problemOf(error: unknown, where: string): Problem | undefined {
  const chain = [...causes(error)];
  const status = chain.map((each) => each.status ?? each.data?.status).find((each) => each !== undefined);
  if (status !== undefined) return statusProblem(status, chain[0]?.message ?? '', where);
  if (error instanceof UnauthorizedError) return statusProblem(401, '', where);
  const credentials = chain.find(({ name }) => name === 'CredentialsProviderError');
  if (credentials !== undefined) {
    return { where, what: credentials.message ?? '', fix: 'Sign in to AWS: set AWS_PROFILE, or the AWS_* variables.' };
  }
  if (chain[0]?.message?.startsWith('Version negotiation failed')) {
    const fix = 'Check that the address ends in /mcp, and try --protocol auto.';
    return { where, what: chain[0].message, fix };
  }
  if (!chain.some(({ message }) => message?.includes('fetch failed'))) return undefined;
  const last = chain.at(-1);
  const local = /127\.0\.0\.1|localhost/.test(where);
  const fix = local ? 'Start the local gateway: npm start.' : `A new gateway needs up to 90 s of DNS. ${DOCTOR}`;
  return { where, what: last?.code ?? last?.message ?? 'no answer', fix };
}

function statusProblem(status: number, message: string, where: string): Problem {
  const what = `HTTP ${status} ${message}`.trim().slice(0, 400);
  switch (status) {
    case 401:
      return { where, what, fix: `Give a valid token: --auth jwt, with a client and its secret. ${DOCTOR}` };
    case 403: {
      const fix = `Allow your identity bedrock-agentcore:InvokeGateway, or ask for the scope of the gateway. ${DOCTOR}`;
      return { where, what, fix };
    }
    case 404:
      return { where, what, fix: 'Check the address: it ends in /mcp.' };
    default:
      return { where, what, fix: `Try again in a minute. ${DOCTOR}` };
  }
}

interface Link {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly status?: number;
  readonly cause?: unknown;
  readonly data?: { readonly status?: number; readonly cause?: unknown };
}

/** The error and what caused it; the library keeps the cause of a failed negotiation under `data`. */
function* causes(error: unknown): Generator<Link> {
  let each: unknown = error;
  while (typeof each === 'object' && each !== null) {
    yield each as Link;
    each = (each as Link).cause ?? (each as Link).data?.cause;
  }
}
