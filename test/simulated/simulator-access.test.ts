import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  assume,
  hub,
  hubRole,
  seedTargetRole,
  sessionPolicy,
  targetRole,
  through,
} from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

describeSimulated('access in the simulated AWS', () => {
  const aws = useSimulator();

  beforeEach(() => aws().reset());

  describe('AssumeRole', () => {
    const denied = {
      name: 'AccessDenied',
      message:
        `User: arn:aws:sts::${hub}:assumed-role/central-ops-tools/local is not authorized to perform: ` +
        `sts:AssumeRole on resource: ${targetRole}`,
    };
    const withExternalId = { Principal: { AWS: hub }, Condition: { StringEquals: { 'sts:ExternalId': 'right' } } };
    const ofOrganization = (id: string | undefined) => ({ StringEquals: { 'aws:PrincipalOrgID': id } });

    test('is denied when the role does not exist in the account', async () => {
      await expect(assume(aws())).rejects.toMatchObject(denied);
    });

    test.each([
      ['another account', { Principal: { AWS: 'arn:aws:iam::999988887777:root' } }],
      ['another role of the account', { Principal: { AWS: `${hubRole}-other` } }],
      ['a service', { Principal: { Service: 'ec2.amazonaws.com' } }],
      ['callers with an external ID', withExternalId],
      ['another organization', { Principal: '*', Condition: ofOrganization('o-theirs') }],
      ['a condition that the simulator does not know', { Principal: '*', Condition: { Bool: { 'aws:Odd': 'true' } } }],
    ])('is denied when the role trusts only %s', async (_, trust) => {
      await seedTargetRole(aws(), trust);
      await expect(assume(aws())).rejects.toMatchObject(denied);
    });

    test.each([
      ['the role', { AWS: hubRole }],
      ['the account', { AWS: hub }],
      ["the account's root", { AWS: `arn:aws:iam::${hub}:root` }],
      ['anyone', '*'],
    ])('is allowed when the role trusts %s', async (_, Principal) => {
      await seedTargetRole(aws(), { Principal });
      await expect(assume(aws())).resolves.toBeDefined();
    });

    test('is denied with a wrong external ID and allowed with the right one', async () => {
      await seedTargetRole(aws(), withExternalId);
      await expect(assume(aws(), { ExternalId: 'wrong' })).rejects.toMatchObject(denied);
      await expect(assume(aws(), { ExternalId: 'right' })).resolves.toBeDefined();
    });

    test('is allowed to an account of the trusted organization', async () => {
      const organizations = new OrganizationsClient(aws().asAccount(hub));
      const { Organization } = await organizations.send(new CreateOrganizationCommand({}));
      await seedTargetRole(aws(), { Principal: { AWS: '*' }, Condition: ofOrganization(Organization?.Id) });
      await expect(assume(aws())).resolves.toBeDefined();
    });

    test.each([
      ['a session of a session longer than an hour', { DurationSeconds: 3_601 }, 'ValidationError'],
      ['a session name with a space', { RoleSessionName: 'a b' }, 'ValidationError'],
      ['a malformed role ARN', { RoleArn: 'arn:aws:iam::12:role/x-y-z-a-b-c-d' }, 'ValidationError'],
      ['a session policy that is too long', { Policy: ' '.repeat(2_049) }, 'PackedPolicyTooLargeException'],
      ['a session policy that is no JSON', { Policy: '{' }, 'MalformedPolicyDocumentException'],
    ])('refuses %s', async (_, input, name) => {
      await seedTargetRole(aws());
      await expect(assume(aws(), input)).rejects.toMatchObject({ name });
    });

    test('opens sessions that end with their expiry', async () => {
      await seedTargetRole(aws());
      const credentials = await assume(aws(), { DurationSeconds: 900 });
      const session = aws().sessions.get(credentials.accessKeyId);
      expect((session?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(890_000);
      expect((session?.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(900_000);
      if (session) aws().sessions.add({ ...session, expiresAt: Date.now() });
      const late = new EC2Client(through(aws(), credentials)).send(new DescribeInstancesCommand({}));
      await expect(late).rejects.toMatchObject({ name: 'RequestExpired' });
    });
  });

  describe('session policies', () => {
    test('let through what they list and deny the rest in the shape of each service', async () => {
      await seedTargetRole(aws());
      const policy = sessionPolicy('s3:ListAllMyBuckets', 'lambda:List*');
      const session = through(aws(), await assume(aws(), { Policy: policy }));
      await expect(new S3Client(session).send(new ListBucketsCommand({}))).resolves.toBeDefined();
      await expect(new LambdaClient(session).send(new ListFunctionsCommand({}))).resolves.toBeDefined();
      await expect(new STSClient(session).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
      await expect(new EC2Client(session).send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
        name: 'UnauthorizedOperation',
        message: expect.stringContaining('because no session policy allows the ec2:DescribeInstances action'),
      });
      const alarms = new CloudWatchClient(session).send(new DescribeAlarmsCommand({}));
      await expect(alarms).rejects.toMatchObject({ name: 'AccessDeniedException' });
      const roles = new IAMClient(session).send(new ListRolesCommand({}));
      await expect(roles).rejects.toMatchObject({ name: 'AccessDenied' });
    });

    test('hold for stubbed operations too', async () => {
      await seedTargetRole(aws());
      const session = through(aws(), await assume(aws(), { Policy: sessionPolicy('s3:ListAllMyBuckets') }));
      const regions = new AccountClient(session).send(new ListRegionsCommand({}));
      await expect(regions).rejects.toMatchObject({ name: 'AccessDeniedException' });
    });
  });
});

describeSimulated('the simulated AWS without session policies', () => {
  const aws = useSimulator({ enforceSessionPolicies: false });

  test('lets a session do what its policy does not list', async () => {
    await seedTargetRole(aws());
    const session = through(aws(), await assume(aws(), { Policy: sessionPolicy('s3:ListAllMyBuckets') }));
    await expect(new EC2Client(session).send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
    expect(aws().calls.at(-1)?.sessionPolicyActions).toEqual(['s3:ListAllMyBuckets']);
  });
});
