import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { Call } from './call.ts';
import { deniedError } from './faults.ts';
import type { MotoAccounts } from './moto-account.ts';
import type { Policy } from './policy.ts';
import type { Session } from './sessions.ts';
import { trustAllows } from './trust.ts';
import { AwsError } from './wire.ts';

// Limits of STS: the plain text of a session policy, and the length of a session opened by a session.
const sessionPolicyLimit = 2_048;
const chainedSessionSeconds = 3_600;

/** What an AssumeRole call asks for. */
export type AssumedRole = {
  roleArn: string;
  sessionName: string;
  externalId?: string;
  sourceIdentity?: string;
  durationSeconds?: number;
  /** The session policy as it was sent. */
  policy?: string;
};

/** The role that a call asks to assume; undefined for every other call. */
export function assumedRole({ service, operation, params }: Call): AssumedRole | undefined {
  if (service.name !== 'sts' || operation !== 'AssumeRole') return undefined;
  const text = (name: string) => params.get(name) ?? undefined;
  const [externalId, sourceIdentity, policy] = [text('ExternalId'), text('SourceIdentity'), text('Policy')];
  const seconds = text('DurationSeconds');
  return {
    roleArn: text('RoleArn') ?? '',
    sessionName: text('RoleSessionName') ?? '',
    ...(externalId === undefined ? {} : { externalId }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(seconds === undefined ? {} : { durationSeconds: Number(seconds) }),
    ...(policy === undefined ? {} : { policy }),
  };
}

/**
 * Judges an AssumeRole call as STS does and moto does not: the form of its parameters, the existence of the role in its
 * account, and the role's trust policy.
 *
 * @throws AwsError in STS's words
 */
export async function checkAssumeRole(call: Call, asked: AssumedRole, caller: Session | undefined, moto: MotoAccounts) {
  checkParameters(asked, caller);
  const denied = deniedError(call, caller?.principalArn ?? 'anonymous', 'sts:AssumeRole', '', asked.roleArn);
  const trustText = await readTrustPolicy(asked.roleArn, moto);
  if (caller === undefined || trustText === undefined) throw denied;
  const organizationId = /aws:PrincipalOrgID/i.test(trustText)
    ? await readOrganization(caller.account, moto)
    : undefined;
  const request = { ...asked, caller, ...(organizationId === undefined ? {} : { organizationId }) };
  if (!trustAllows(JSON.parse(trustText) as Policy, request)) throw denied;
}

function checkParameters(
  { roleArn, sessionName, policy, durationSeconds = 0 }: AssumedRole,
  caller: Session | undefined,
) {
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
    throw new AwsError('ValidationError', `${roleArn} is invalid`);
  }
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw new AwsError('ValidationError', `Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint`);
  }
  if (caller && durationSeconds > chainedSessionSeconds) {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new AwsError('ValidationError', message);
  }
  if (policy === undefined) return;
  if (policy.length > sessionPolicyLimit) {
    throw new AwsError('PackedPolicyTooLarge', `Session policy is longer than ${sessionPolicyLimit} characters`);
  }
  try {
    JSON.parse(policy);
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

async function readTrustPolicy(roleArn: string, moto: MotoAccounts): Promise<string | undefined> {
  const iam = new IAMClient(moto.as(roleArn.split(':')[4] ?? ''));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleArn.split('/').at(-1) })).catch((error: Error) => {
    if (error.name === 'NoSuchEntityException' || error.name === 'NoSuchEntity') return { Role: undefined };
    throw error;
  });
  if (Role?.Arn !== roleArn) return undefined;
  return decodeURIComponent(Role.AssumeRolePolicyDocument ?? '{"Statement":[]}');
}

async function readOrganization(account: string, moto: MotoAccounts): Promise<string | undefined> {
  const client = new OrganizationsClient(moto.as(account));
  const { Organization } = await client
    .send(new DescribeOrganizationCommand({}))
    .catch(() => ({ Organization: undefined }));
  return Organization?.Id;
}
