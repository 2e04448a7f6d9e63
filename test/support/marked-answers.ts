import type { Call, WireAnswer } from '../../scripts/local/simulator/call.ts';
import { clientModel } from '../../scripts/local/simulator/operations.ts';
import { outputAnswer } from '../../scripts/local/simulator/wire.ts';
import { contextKey } from '../../shared/security/context-store.ts';
import { ask } from './in-fake-aws.ts';
import { mapTexts, plantedAnswer } from './planted-answer.ts';

/** What makes a list endless, and what says that a part could not be read. */
const LEFT_OUT = /token$|marker$|^LastEvaluated|^failures$|^errors$|^unprocessed|ApiFailures$/i;

/**
 * Answers any operation of any service in its own protocol, by the SDK's own shape and with everything that it may hold:
 * every text says whose it is, as `MARK<account/region>`.
 */
export async function markedAnswer(call: Call, signer: string): Promise<WireAnswer> {
  const account = ownerOf(call, signer);
  const given = await special(call, account);
  if (Buffer.isBuffer(given)) return { status: 200, headers: {}, body: given };
  const operation = clientModel(call.service)?.operations.get(call.operation);
  if (operation === undefined) throw new Error(`${call.service.name} has no ${call.operation}.`);
  const output = plantedAnswer(operation.output) as Record<string, unknown> | undefined;
  const kept = Object.entries(output ?? {}).filter(([name]) => !LEFT_OUT.test(name));
  const marked = mark(Object.fromEntries(kept), { account, region: call.region }) as object;
  return outputAnswer(call, { ...marked, ...given });
}

/** The tools' own role asks the organization and the context store about the account that the request names. */
function ownerOf({ request, params }: Call, signer: string): string {
  if (signer !== 'own') return signer;
  return /\b[0-9]{12}\b/.exec(`${params.get('prefix')} ${request.url} ${request.body}`)?.[0] ?? signer;
}

/** What decides where the next request goes, and bodies that are no shape of the SDK. */
async function special(call: Call, account: string): Promise<object | Buffer> {
  switch (call.operation) {
    case 'GetBucketLocation':
      return { LocationConstraint: 'eu-west-1' };
    case 'ListParents':
      // The account is in an OU, and the OU in the root.
      return call.request.body.includes('ou-') ? { Parents: [{ Id: 'r-root', Type: 'ROOT' }] } : {};
    case 'GetCallerIdentity':
      return { Account: account };
    case 'Invoke': {
      const name = String(call.labels.FunctionName).replace('central-ops-', '');
      return Buffer.from(JSON.stringify(await ask({ name }, JSON.parse(call.request.body.toString()))));
    }
    case 'ListObjectsV2': {
      const [, , region = ''] = (call.params.get('prefix') ?? '').split('/');
      return { Contents: [{ Key: contextKey({ account, region }, STORED, {}) }] };
    }
    case 'GetObject': {
      const region = call.request.url.split('/')[4] ?? '';
      const summary = { note: `MARK<${account}/${region}>` };
      const context = { tool: STORED, account_id: account, region, asked: {}, stored_at: LONG_AGO, ttl_hours: 1 };
      return Buffer.from(JSON.stringify({ ...context, summary, details: [summary] }));
    }
    default:
      return call.service.name === 's3-control' ? Buffer.from(ACCOUNT_BLOCK) : {};
  }
}

const STORED = 'CheckStorageEncryption';
const LONG_AGO = '2026-01-01T00:00:00.000Z';
const ACCOUNT_BLOCK =
  '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>';

/** Values that lead on to further requests, by where they stand in an answer. */
const LEADING: Record<string, string> = {
  'Buckets.Name': 'bucket-{account}',
  'Buckets.BucketRegion': '{region}',
  TableNames: 'table-{account}',
  'Parents.Id': 'ou-{account}',
  'Parents.Type': 'ORGANIZATIONAL_UNIT',
  'Accounts.Id': '{account}',
  'DistributionList.NextMarker': '',
  'DBInstances.Engine': 'postgres',
  'DBInstances.DBInstanceStatus': 'available',
  'Indexes.Region': 'us-east-1',
  'analyzers.type': 'ACCOUNT',
  'analyzers.status': 'ACTIVE',
  'checks.category': 'security',
  'summaries.status': 'error',
  'Listeners.Protocol': 'HTTP',
  'Listeners.DefaultActions.Type': 'forward',
  'LoadBalancerDescriptions.ListenerDescriptions.Listener.Protocol': 'HTTPS',
  'SecurityGroups.IpPermissions.IpProtocol': '-1',
  'SecurityGroups.IpPermissions.IpRanges.CidrIp': '0.0.0.0/0',
};

function mark(value: unknown, owner: { account: string; region: string }): unknown {
  return mapTexts(value, (planted) =>
    planted.replace(/^CANARY<(.*)>$/, (_, path: string) =>
      (LEADING[path] ?? `MARK<{account}/{region}><${path}>`)
        .replace('{account}', owner.account)
        .replace('{region}', owner.region),
    ),
  );
}

/** The accounts and Regions whose data an answer holds, as `account/region`. */
export function ownersIn(answer: unknown): string[] {
  const text = JSON.stringify(answer).toLowerCase();
  return [...new Set([...text.matchAll(/mark<([^>]*)>/g)].map(([, owner = '']) => owner))].sort();
}
