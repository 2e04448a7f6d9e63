import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { onTestFinished } from 'vitest';
import { type Authorizer, none } from '../../scripts/local/gateway/authorizer.ts';
import { awsIam } from '../../scripts/local/gateway/aws-iam.ts';
import { customJwt } from '../../scripts/local/gateway/custom-jwt.ts';
import { SCOPE, startTokenIssuer } from '../support/token-issuer.ts';

/** The headers that a request needs to be let in. */
export type Authenticate = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}) => Promise<Record<string, string>>;

interface Access {
  readonly authorizer: Authorizer;
  readonly authenticate: Authenticate;
}

const credentials = { accessKeyId: 'AKIDCONFORMANCE', secretAccessKey: 'conformance-secret' };
const region = 'us-east-1';

/** The gateway's authorizer of a type, and how to pass it. */
export async function accessBy(type: Authorizer['type']): Promise<Access> {
  if (type === 'NONE') return { authorizer: none, authenticate: async () => ({}) };
  return type === 'AWS_IAM' ? signed() : withToken();
}

function signed(): Access {
  const signer = new SignatureV4({ credentials, region, service: 'bedrock-agentcore', sha256: Sha256 });
  return {
    authorizer: awsIam({ regions: [region], keys: [credentials] }),
    authenticate: async ({ method, path, headers, body }) => {
      const lower = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
      const { host = '' } = lower;
      const request = { method, protocol: 'http:', hostname: host, path, query: {}, headers: lower, body };
      const own = Object.entries((await signer.sign(request)).headers).filter(([name]) => !(name in lower));
      return Object.fromEntries(own);
    },
  };
}

async function withToken(): Promise<Access> {
  const issuer = await startTokenIssuer();
  onTestFinished(() => issuer.stop());
  const authorization = `Bearer ${await issuer.token()}`;
  return {
    authorizer: customJwt({ discoveryUrl: issuer.discoveryUrl, allowedClients: ['agent'], allowedScopes: [SCOPE] }),
    authenticate: async () => ({ authorization }),
  };
}
