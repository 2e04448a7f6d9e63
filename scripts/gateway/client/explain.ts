import { SdkHttpError, UnauthorizedError } from '@modelcontextprotocol/client';
import { errorText, GatewayError, type Problem } from '../problem.ts';

const DOCTOR = 'npm run gateway -- doctor finds the reason.';

/** An error of the MCP library in words with a fix; errors that have them already, and those of tools, stay as they are. */
export function explain(error: unknown, url: string): unknown {
  if (error instanceof GatewayError) return error;
  const problem = problemOf(error, url);
  return problem === undefined ? error : new GatewayError('The gateway could not be used.', [problem]);
}

function problemOf(error: unknown, where: string): Problem | undefined {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (error instanceof UnauthorizedError) {
    return { where, what: 'HTTP 401', fix: `Give a token: --auth jwt, with a client and its secret. ${DOCTOR}` };
  }
  if (error instanceof SdkHttpError) {
    const { status } = error as SdkHttpError & { status?: number };
    const what = `HTTP ${status ?? ''} ${error.message}`.slice(0, 400);
    if (status === 404) return { where, what, fix: 'Check the address: it ends in /mcp.' };
    if (status === 401) return { where, what, fix: `Renew the token. ${DOCTOR}` };
    if (status === 403) {
      const fix = `Allow your identity bedrock-agentcore:InvokeGateway, or ask for the scope of the gateway. ${DOCTOR}`;
      return { where, what, fix };
    }
    return { where, what, fix: `Try again in a minute. ${DOCTOR}` };
  }
  if (cause?.code !== undefined) {
    const local = /127\.0\.0\.1|localhost/.test(where);
    const fix = local ? 'Start the local gateway: npm start.' : `A new gateway needs up to 90 s of DNS. ${DOCTOR}`;
    return { where, what: cause.code, fix };
  }
  if (error instanceof Error && error.name === 'CredentialsProviderError') {
    return { where, what: errorText(error), fix: 'Sign in to AWS: set AWS_PROFILE, or the AWS_* variables.' };
  }
  return undefined;
}
