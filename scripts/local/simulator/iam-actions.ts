import type { Service } from './services.ts';

// Operations whose IAM action has another name, from the Service Authorization Reference.
const renamed: Record<string, Record<string, string>> = {
  s3: {
    ListBuckets: 's3:ListAllMyBuckets',
    HeadBucket: 's3:ListBucket',
    ListObjects: 's3:ListBucket',
    ListObjectsV2: 's3:ListBucket',
    ListObjectVersions: 's3:ListBucketVersions',
    ListMultipartUploads: 's3:ListBucketMultipartUploads',
    HeadObject: 's3:GetObject',
    GetBucketEncryption: 's3:GetEncryptionConfiguration',
    GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
    GetBucketReplication: 's3:GetReplicationConfiguration',
    GetBucketCors: 's3:GetBucketCORS',
    GetBucketNotificationConfiguration: 's3:GetBucketNotification',
    GetBucketAccelerateConfiguration: 's3:GetAccelerateConfiguration',
    GetBucketAnalyticsConfiguration: 's3:GetAnalyticsConfiguration',
    GetBucketInventoryConfiguration: 's3:GetInventoryConfiguration',
    GetBucketMetricsConfiguration: 's3:GetMetricsConfiguration',
    GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
    GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
    PutBucketEncryption: 's3:PutEncryptionConfiguration',
    PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
    PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
    DeletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
    DeleteBucketEncryption: 's3:PutEncryptionConfiguration',
    DeleteObjects: 's3:DeleteObject',
  },
  's3-control': {
    GetPublicAccessBlock: 's3:GetAccountPublicAccessBlock',
    PutPublicAccessBlock: 's3:PutAccountPublicAccessBlock',
    DeletePublicAccessBlock: 's3:PutAccountPublicAccessBlock',
  },
  lambda: {
    Invoke: 'lambda:InvokeFunction',
    InvokeAsync: 'lambda:InvokeFunction',
    InvokeWithResponseStream: 'lambda:InvokeFunction',
  },
  // Version 2 of these operations is authorised by the action of version 1.
  'access-analyzer': {
    ListFindingsV2: 'access-analyzer:ListFindings',
    GetFindingV2: 'access-analyzer:GetFinding',
  },
  // The reference has no action of that name; UNVERIFIED that Search is the one.
  'resource-explorer-2': { ListResources: 'resource-explorer-2:Search' },
};

// API Gateway authorises by HTTP method and resource.
const authorisedByMethod = ['apigateway', 'apigatewayv2'];

/** The IAM action that authorises an operation, e.g. `s3:GetEncryptionConfiguration` for GetBucketEncryption. */
export function iamActionOf(service: Service, operation: string, method: string): string {
  if (authorisedByMethod.includes(service.name)) return `${service.iamPrefix}:${method}`;
  return renamed[service.name]?.[operation] ?? `${service.iamPrefix}:${operation}`;
}
