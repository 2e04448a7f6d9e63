import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';

let issued = 0;

/** What STS answers for whatever role is asked for. */
export function answerAssumeRole(
  { RoleArn = '', RoleSessionName = '' }: AssumeRoleCommandInput,
  lifetimeMs = 3_600_000,
) {
  const [, partition, , , account, role = ''] = RoleArn.split(':');
  return {
    Credentials: {
      AccessKeyId: `ASIA${String(++issued).padStart(16, '0')}`,
      SecretAccessKey: 'secret',
      SessionToken: `session of ${account}`,
      Expiration: new Date(Date.now() + lifetimeMs),
    },
    AssumedRoleUser: {
      AssumedRoleId: 'AROA:x',
      Arn: `arn:${partition}:sts::${account}:assumed-role/${role.replace('role/', '')}/${RoleSessionName}`,
    },
    PackedPolicySize: 10,
  };
}
