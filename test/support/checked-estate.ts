import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EFSClient } from '@aws-sdk/client-efs';
import { ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import { checkNetworkSecurity } from '../../schemas/check-network-security.ts';
import { checkStorageEncryption } from '../../schemas/check-storage-encryption.ts';
import type { AnswerOf, Tool } from '../../schemas/define-tool.ts';
import type { Call } from '../../shared/call.ts';
import { Reading } from '../../shared/security/reading.ts';
import { testCall } from './call.ts';
import { callTool, useMockedAws } from './mock-aws.ts';

export const ec2 = mockClient(EC2Client);
export const s3 = mockClient(S3Client);
export const rds = mockClient(RDSClient);
export const kms = mockClient(KMSClient);
export const efs = mockClient(EFSClient);
export const dynamodb = mockClient(DynamoDBClient);
export const elasticache = mockClient(ElastiCacheClient);
export const elb = mockClient(ElasticLoadBalancingClient);
export const elbv2 = mockClient(ElasticLoadBalancingV2Client);
export const restApis = mockClient(APIGatewayClient);
export const httpApis = mockClient(ApiGatewayV2Client);
export const cloudfront = mockClient(CloudFrontClient);
const storage = [s3, rds, kms, efs, dynamodb, elasticache];
const network = [elb, elbv2, restApis, httpApis, cloudfront];
const mocks = [ec2, ...storage, ...network] as unknown as (typeof ec2)[];

/** Each test of the file begins with an AWS that has nothing: every list is empty. */
export function useEmptyAws(): void {
  useMockedAws();
  beforeEach(() => {
    for (const mock of mocks) mock.reset().onAnyCommand().resolves({});
  });
}

/** Keys named `ours…` are customer-managed, all others AWS's. */
export function givenKeys(): void {
  kms.on(DescribeKeyCommand).callsFake(({ KeyId }) => ({
    KeyMetadata: { KeyId, KeyManager: KeyId.startsWith('ours') ? 'CUSTOMER' : 'AWS' },
  }));
}

export const account_id = '111111111111';
const fields = ['service', 'type', 'id', 'name', 'arn', 'state', 'issues', 'checks'];

export type Answer = AnswerOf<typeof checkStorageEncryption.output>;
export type Detail = Answer['resource_details'][number];

export const askStorage = (...services: string[]) =>
  callTool<Answer>(checkStorageEncryption, { account_id, services, fields });
export const askNetwork = (...services: string[]) =>
  callTool<Answer>(checkNetworkSecurity, { account_id, services, fields });

/** One resource of the answer; nothing where the answer has none of that ID. */
export const detailOf = ({ resource_details }: Answer, id: string): Partial<Detail> =>
  resource_details.find((each) => each.id === id) ?? {};
export const issuesOf = (answer: Answer, id: string) => detailOf(answer, id).issues;
export const checksOf = (answer: Answer, id: string) => detailOf(answer, id).checks;

/** What was sent with each call of a command. */
export const inputsOf = (mock: unknown, command: unknown): Record<string, unknown>[] =>
  (mock as { commandCalls: (command: unknown) => { args: { input: Record<string, unknown> }[] }[] })
    .commandCalls(command)
    .map(({ args }) => args[0]?.input ?? {});

/** The account in us-east-1 while its resources are read, for what no answer shows. */
export const readingOf = (changes: Partial<Call> = {}) =>
  new Reading(
    { account: account_id, region: 'us-east-1' },
    testCall({ tool: checkStorageEncryption as unknown as Tool, ...changes }),
  );
