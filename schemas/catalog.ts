import { aggregateResults } from './aggregate-results.ts';
import { awsMcp } from './aws-mcp.ts';
import { checkNetworkSecurity } from './check-network-security.ts';
import { checkSecurityServices } from './check-security-services.ts';
import { checkStorageEncryption } from './check-storage-encryption.ts';
import type { Tool } from './define-tool.ts';
import { describeEc2Instances } from './describe-ec2-instances.ts';
import { describeEc2SecurityGroups } from './describe-ec2-security-groups.ts';
import { describeEc2Vpcs } from './describe-ec2-vpcs.ts';
import { describeEksClusters } from './describe-eks-clusters.ts';
import { describeRdsClusters } from './describe-rds-clusters.ts';
import { describeRdsInstances } from './describe-rds-instances.ts';
import { getAccountMetadata } from './get-account-metadata.ts';
import { getCloudwatchMetrics } from './get-cloudwatch-metrics.ts';
import { getLambdaFunction } from './get-lambda-function.ts';
import { getS3BucketInfo } from './get-s3-bucket-info.ts';
import { getSecurityFindings } from './get-security-findings.ts';
import { getStoredSecurityContext } from './get-stored-security-context.ts';
import { listAccounts } from './list-accounts.ts';
import { listCloudwatchAlarms } from './list-cloudwatch-alarms.ts';
import { listEcsClusters } from './list-ecs-clusters.ts';
import { listEcsServices } from './list-ecs-services.ts';
import { listLambdaFunctions } from './list-lambda-functions.ts';
import { listS3Buckets } from './list-s3-buckets.ts';
import { listServicesInRegion } from './list-services-in-region.ts';
import { mcpBridge } from './mcp-bridge.ts';
import { switchAccount } from './switch-account.ts';

/** Every tool, in the order in which the Gateway lists them. For generators and the local gateway only: no handler loads it. */
export const catalog = [
  listAccounts,
  getAccountMetadata,
  switchAccount,
  describeEc2Instances,
  listLambdaFunctions,
  getLambdaFunction,
  describeEc2Vpcs,
  describeEc2SecurityGroups,
  listS3Buckets,
  getS3BucketInfo,
  describeRdsInstances,
  describeRdsClusters,
  listEcsClusters,
  listEcsServices,
  describeEksClusters,
  listCloudwatchAlarms,
  getCloudwatchMetrics,
  checkSecurityServices,
  getSecurityFindings,
  checkStorageEncryption,
  checkNetworkSecurity,
  listServicesInRegion,
  getStoredSecurityContext,
  aggregateResults,
] as unknown as readonly Tool[];

/** Handlers for tools of others: each serves what is configured and discovered, so none of them is in the catalog. */
export const bridges = [awsMcp, mcpBridge] as unknown as readonly Tool[];
