import { decodeJwt } from 'jose';
import { signingFetch } from '../../../shared/bridge/signing-fetch.ts';
import type { Inbound } from '../client/connection.ts';
import { errorText, GatewayError } from '../problem.ts';
import type { Facts, Probe, TokenFact } from './facts.ts';

const TIMEOUT_MS = 10_000;
const MAX_BODY = 300;

/** One plain tools/list, whose status and headers the MCP library would not show. Never rejects. */
export async function probeGateway(url: string, inbound: Inbound): Promise<Pick<Facts, 'probe' | 'token' | 'clock'>> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
  };
  const token = inbound.type === 'jwt' ? await tokenFact(inbound) : undefined;
  if (token?.value !== undefined) headers.authorization = `Bearer ${token.value}`;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const send = inbound.type === 'iam' ? signingFetch(inbound) : fetch;
  const known = token === undefined ? {} : { token: token.fact };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await send(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    const local = new Date();
    const date = response.headers.get('date');
    const challenge = response.headers.get('www-authenticate');
    const text = (await response.text()).slice(0, MAX_BODY);
    const probe: Probe = {
      url,
      status: response.status,
      ...(challenge === null ? {} : { wwwAuthenticate: challenge }),
      ...(response.ok ? {} : { body: text }),
    };
    return { probe, ...known, ...(date === null ? {} : { clock: { server: new Date(date), local } }) };
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return { probe: { url, fault: cause?.code ?? cause?.message ?? errorText(error) }, ...known };
  }
}

async function tokenFact({ tokens }: Extract<Inbound, { type: 'jwt' }>): Promise<{ value?: string; fact: TokenFact }> {
  try {
    const value = await tokens.token();
    return { value, fact: { claims: claimsOf(value) } };
  } catch (error) {
    const [problem] = error instanceof GatewayError ? error.problems : [];
    const fault = problem === undefined ? errorText(error) : `${problem.where}: ${problem.what}`;
    return { fact: { fault, ...(problem === undefined ? {} : { endpoint: problem.where }) } };
  }
}

function claimsOf(token: string): NonNullable<TokenFact['claims']> {
  try {
    return decodeJwt(token) as NonNullable<TokenFact['claims']>;
  } catch {
    return {};
  }
}
