import { isCognito, isUserPoolId } from '../lint-jwt.ts';
import { type Check, type Facts, type Finding, fail, pass, skip, unknown } from './facts.ts';

const COGNITO_TOKEN_ENDPOINT = /^https:\/\/[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com\/oauth2\/token$/;
const NO_TOKENS = skip('The authorizer takes no tokens.');

function jwtOf({ observed }: Facts) {
  return observed?.gateway?.authorizerConfiguration?.customJWTAuthorizer;
}

/** Applies a check only where the gateway takes tokens. */
function forTokens(judge: (facts: Facts) => Finding): (facts: Facts) => Finding {
  return (facts) => (facts.authorizer === 'CUSTOM_JWT' ? judge(facts) : NO_TOKENS);
}

/** Whether the gateway lets this caller in. */
export const accessChecks: readonly Check[] = [
  {
    id: 'token-accepted',
    title: 'The caller is let in (401)',
    judge({ probe, token, authorizer, now }) {
      const expired = token?.claims?.exp !== undefined && token.claims.exp * 1_000 <= now.getTime();
      if (expired)
        return fail('The token has expired.', 'Ask for a new one; drop CENTRAL_OPS_TOKEN and let the client renew it.');
      if (authorizer === 'CUSTOM_JWT' && token?.fault !== undefined) {
        return fail(
          `There is no token: ${token.fault}`,
          'Mend the token endpoint or the client secret, as said there.',
        );
      }
      if (probe?.status === undefined) return unknown('No answer came.');
      if (probe.status !== 401) return pass(`HTTP ${probe.status}`);
      if (authorizer === 'CUSTOM_JWT' && token?.claims === undefined) {
        return fail(`401, no token was sent. ${probe.body ?? ''}`, 'Use --auth jwt, with a client ID and its secret.');
      }
      return fail(
        `401: ${probe.body ?? ''}`,
        'Compare issuer, client ID and audience of the token with the authorizer: see the next checks.',
      );
    },
  },
  {
    id: 'scope',
    title: 'The caller may call (403)',
    judge({ probe, token, authorizer, observed }) {
      if (probe?.status === undefined) return unknown('No answer came.');
      if (probe.status !== 403) return pass(`HTTP ${probe.status}`);
      if (authorizer === 'CUSTOM_JWT') {
        const wanted = observed?.gateway?.authorizerConfiguration?.customJWTAuthorizer?.allowedScopes?.join(' or ');
        const detail = `403: the token has scope "${token?.claims?.scope ?? ''}"; wanted is ${wanted ?? 'another'}`;
        return fail(detail, `Ask for ${wanted ?? 'the scope in WWW-Authenticate'}, and allow it to the client.`);
      }
      const arn = observed?.gateway?.gatewayArn ?? 'the gateway';
      return fail(
        `403: ${probe.body ?? ''}`,
        `Allow your identity bedrock-agentcore:InvokeGateway on ${arn}, and sign for bedrock-agentcore in its Region.`,
      );
    },
  },
  {
    id: 'client-id',
    title: 'The authorizer names clients, not user pools',
    judge: forTokens((facts) => {
      const clients = jwtOf(facts)?.allowedClients;
      if (clients === undefined) return skip('The authorizer names no clients.');
      const pools = clients.filter(isUserPoolId);
      if (pools.length > 0) {
        return fail(
          `${pools.join(', ')} is the ID of a user pool.`,
          'Put the app client ID into gateway.jwt.allowedClients and apply.',
        );
      }
      const client = facts.token?.claims?.client_id;
      if (client !== undefined && !clients.includes(client)) {
        return fail(
          `The token is of client ${client}, allowed are ${clients.join(', ')}.`,
          'Use an allowed client, or add this one.',
        );
      }
      return pass(clients.join(', '));
    }),
  },
  {
    id: 'token-endpoint',
    title: 'Tokens come from the domain of the user pool',
    judge: forTokens((facts) => {
      const endpoint = facts.token?.endpoint;
      if (endpoint === undefined)
        return facts.token?.fault === undefined ? skip('The token was given.') : unknown(facts.token.fault);
      const cognito = isCognito(jwtOf(facts)?.discoveryUrl ?? '');
      if (cognito && endpoint.includes('cognito-idp.')) {
        return fail(
          `${endpoint} is the API of Cognito, which issues no such tokens.`,
          'Use https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token.',
        );
      }
      if (cognito && /amazoncognito\.com/.test(endpoint) && !COGNITO_TOKEN_ENDPOINT.test(endpoint)) {
        return fail(
          `${endpoint} is no token endpoint.`,
          'Use https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token.',
        );
      }
      if (facts.token?.fault !== undefined) {
        return fail(facts.token.fault, `Check that the domain of the user pool exists and ${endpoint} is its address.`);
      }
      return pass(endpoint);
    }),
  },
  {
    id: 'audience',
    title: 'No audience is asked of tokens that have none',
    judge: forTokens((facts) => {
      const { allowedAudience = [], discoveryUrl = '' } = jwtOf(facts) ?? {};
      if (allowedAudience.length === 0) return pass('No audience is configured.');
      const without = facts.token?.claims !== undefined && facts.token.claims.aud === undefined;
      if (without || isCognito(discoveryUrl)) {
        return fail(
          `The authorizer wants aud ${allowedAudience.join(', ')}; client-credentials tokens of Cognito have no aud.`,
          'Remove gateway.jwt.allowedAudience, name allowedClients and allowedScopes, and apply.',
        );
      }
      return pass(allowedAudience.join(', '));
    }),
  },
];
