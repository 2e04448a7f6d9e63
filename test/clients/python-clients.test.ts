import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { awsIam } from '../../scripts/local/gateway/aws-iam.ts';
import { type OutsideClient, testClient } from './outside-client.ts';

type Row = Omit<OutsideClient, 'command'> & { readonly venv: 'sdk' | 'proxy' };

const program = (name: string) => join(import.meta.dirname, 'programs', `${name}.py`);
const region = 'eu-west-1';
const key = { accessKeyId: 'AKIDCLIENTS', secretAccessKey: 'clients-secret', sessionToken: 'clients-token' };
const signed = {
  authorizer: awsIam({ regions: [region], keys: [key] }),
  environment: {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: key.sessionToken,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
};

const clients: readonly Row[] = [
  { name: 'Python SDK', venv: 'sdk', program: program('python-sdk'), protocol: '2026-07-28', readsOnePage: true },
  {
    name: 'mcp-proxy-for-aws, stdio',
    venv: 'proxy',
    program: program('proxy-stdio'),
    ...signed,
    protocol: '2025-11-25',
  },
  {
    name: 'mcp-proxy-for-aws, library',
    venv: 'proxy',
    program: program('proxy-library'),
    ...signed,
    protocol: '2025-11-25',
    readsOnePage: true,
  },
];

const pythons = inject('pythons');

// Without Python the setup says so aloud, and in CI it fails.
describe.skipIf(pythons === undefined)('in Python', () => {
  for (const { venv, ...client } of clients) testClient({ command: pythons?.[venv] ?? '', ...client });
});
