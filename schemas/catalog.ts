import { aggregateResults } from './aggregate-results.ts';
import type { Tool } from './define-tool.ts';
import { describeEc2Instances } from './describe-ec2-instances.ts';
import { getAccountMetadata } from './get-account-metadata.ts';
import { getS3BucketInfo } from './get-s3-bucket-info.ts';
import { listAccounts } from './list-accounts.ts';
import { switchAccount } from './switch-account.ts';

/** Every tool, in the order in which the Gateway lists them. For generators and the local gateway only: no handler loads it. */
export const catalog = [
  listAccounts,
  getAccountMetadata,
  switchAccount,
  describeEc2Instances,
  getS3BucketInfo,
  aggregateResults,
] as unknown as readonly Tool[];
