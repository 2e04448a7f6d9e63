import type { CustomJWTAuthorizerConfiguration } from '@aws-sdk/client-bedrock-agentcore-control';
import type { Problem } from './problem.ts';

const DISCOVERY = /^https:\/\/.+\/\.well-known\/openid-configuration$/;
const COGNITO = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//;
/** A user pool's ID, such as us-east-1_AbCdEf123; client IDs have no underscore. */
const USER_POOL_ID = /^[a-z]{2,4}(-[a-z]+)+-\d_[a-zA-Z0-9]+$/;

/** The mistakes with which every token is refused, or every token of the issuer let in. */
export function lintJwt(jwt: Partial<CustomJWTAuthorizerConfiguration> | undefined): Problem[] {
  const where = 'gateway.jwt';
  if (jwt === undefined) {
    const fix = 'Fill in gateway.jwt, or leave it out and let apply make a Cognito user pool.';
    return [{ where, what: 'CUSTOM_JWT without a token issuer', fix }];
  }
  const { discoveryUrl = '', allowedClients = [], allowedAudience = [], allowedScopes = [] } = jwt;
  const problems: Problem[] = [];
  if (!DISCOVERY.test(discoveryUrl)) {
    const fix = "Give the issuer's https address with /.well-known/openid-configuration at its end.";
    problems.push({ where: `${where}.discoveryUrl`, what: `"${discoveryUrl}" is no discovery URL`, fix });
  }
  for (const client of allowedClients.filter(isUserPoolId)) {
    const what = `"${client}" is the ID of a user pool, not of a client: every token would be refused`;
    problems.push({ where: `${where}.allowedClients`, what, fix: 'Give the ID of the app client of that pool.' });
  }
  if (COGNITO.test(discoveryUrl) && allowedAudience.length > 0) {
    const what = "Cognito's client-credentials tokens have no aud claim: every one would be refused";
    problems.push({
      where: `${where}.allowedAudience`,
      what,
      fix: 'Remove it and use allowedClients and allowedScopes.',
    });
  }
  if (allowedClients.length + allowedAudience.length + allowedScopes.length === 0) {
    const what = 'neither clients, scopes nor audience: every token of the issuer would pass';
    problems.push({ where, what, fix: 'Give allowedClients, and allowedScopes if the issuer has them.' });
  }
  return problems;
}

export function isUserPoolId(text: string): boolean {
  return USER_POOL_ID.test(text);
}

export function isCognito(discoveryUrl: string): boolean {
  return COGNITO.test(discoveryUrl);
}
