import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { hubAccount, hubRoleName, type Simulator } from '../../scripts/local/simulator/simulator.ts';

export const hub = hubAccount;
export const member = '222233334444';
export const hubRole = `arn:aws:iam::${hub}:role/${hubRoleName}`;
export const targetRole = `arn:aws:iam::${member}:role/CentralOpsTargetRole`;

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

/** Credentials of the tools' own role in the hub account. */
export function hubCredentials(aws: Simulator): Credentials {
  const environment = aws.environment();
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN ?? '',
  };
}

/** Configuration of an SDK client that goes through the proxy, by default as the hub's role; it never retries. */
export function through(aws: Simulator, credentials = hubCredentials(aws), region = 'us-east-1') {
  return { endpoint: aws.url, region, credentials, maxAttempts: 1 };
}

/** Makes the target role in the member account; `trust` is the Principal and Condition of its trust policy. */
export async function seedTargetRole(aws: Simulator, trust: object = { Principal: { AWS: hubRole } }): Promise<void> {
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', ...trust };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const create = new CreateRoleCommand({ RoleName: 'CentralOpsTargetRole', AssumeRolePolicyDocument });
  await new IAMClient(aws.asAccount(member)).send(create);
}

/** Assumes the member's target role as the hub's role, through the proxy. */
export async function assume(aws: Simulator, more: Partial<AssumeRoleCommandInput> = {}): Promise<Credentials> {
  const command = new AssumeRoleCommand({ RoleArn: targetRole, RoleSessionName: 'test-session', ...more });
  const { Credentials: issued } = await new STSClient(through(aws)).send(command);
  return {
    accessKeyId: issued?.AccessKeyId ?? '',
    secretAccessKey: issued?.SecretAccessKey ?? '',
    sessionToken: issued?.SessionToken ?? '',
  };
}

/** A session policy that allows these actions. */
export function sessionPolicy(...actions: string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
}
