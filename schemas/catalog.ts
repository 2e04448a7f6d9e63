import type { Tool } from './define-tool.ts';
import { describeEc2Instances } from './describe-ec2-instances.ts';
import { getS3BucketInfo } from './get-s3-bucket-info.ts';
import { listAccounts } from './list-accounts.ts';

/** Every tool, in the order in which the Gateway lists them. For generators and the local gateway only: no handler loads it. */
export const catalog = [listAccounts, describeEc2Instances, getS3BucketInfo] as unknown as readonly Tool[];
