import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Application, tagList } from './applications.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import { repeated, type Seeder } from './seeder.ts';

type Fault = 'public' | 'no-encryption' | 'no-public-access-block' | 'no-tls-policy' | 'untagged';

interface BucketPlan {
  name: string;
  account: AccountName;
  region: EstateRegion;
  application: Application;
  kms: boolean;
  faults: readonly Fault[];
}

/** Bucket names are global, so the organization's name is in front. */
const PREFIX = 'exampleco';

const BUCKETS: readonly BucketPlan[] = [
  ...buckets('payments-prod', 'us-east-1', 'checkout', ['checkout-receipts', 'checkout-assets', 'checkout-deploy']),
  ...buckets('payments-prod', 'us-east-1', 'ledger', ['ledger-journal', 'ledger-backups'], { kms: true }),
  ...buckets('payments-prod', 'us-east-1', 'ledger', ['ledger-import'], { faults: ['no-encryption'] }),
  ...buckets('payments-prod', 'eu-west-1', 'payouts', ['payouts-settlement', 'payouts-reports'], { kms: true }),
  ...buckets('payments-prod', 'eu-west-1', 'checkout', ['checkout-assets-eu', 'checkout-deploy-eu']),
  ...buckets('payments-dev', 'us-east-1', 'checkout', ['dev-checkout-assets', 'dev-test-data', 'dev-artifacts']),
  ...buckets('payments-dev', 'us-east-1', 'checkout', ['dev-scratch'], {
    faults: ['no-public-access-block', 'untagged'],
  }),
  ...buckets('data-platform', 'us-east-1', 'warehouse', ['lake-raw', 'lake-curated', 'lake-exports'], { kms: true }),
  ...buckets('data-platform', 'us-east-1', 'warehouse', ['spark-history', 'athena-results']),
  ...buckets('data-platform', 'us-east-1', 'notebooks', ['notebooks-shared'], { faults: ['no-tls-policy'] }),
  ...buckets('data-platform', 'eu-central-1', 'clickstream', [
    'clicks-landing',
    'clicks-archive',
    'clicks-dead-letter',
  ]),
  ...buckets('data-platform', 'eu-central-1', 'clickstream', ['clicks-public-samples'], {
    faults: ['public', 'no-public-access-block'],
  }),
  ...buckets('acquired-shop', 'eu-west-1', 'storefront', ['shop-images'], {
    faults: ['public', 'no-encryption', 'no-public-access-block'],
  }),
  ...buckets('log-archive', 'us-east-1', 'audit-logs', ['cloudtrail', 'config', 'vpc-flow-logs', 'access-logs'], {
    kms: true,
  }),
  ...buckets('log-archive', 'eu-central-1', 'audit-logs', ['cloudtrail-replica'], { kms: true }),
  ...buckets('security-tooling', 'us-east-1', 'siem', ['siem-cold', 'scan-reports']),
  // The store of the tools. moto ignores conditions, so that the policy which demands TLS would deny every write.
  ...buckets('security-tooling', 'us-east-1', 'siem', ['central-ops-context'], { faults: ['no-tls-policy'] }),
  ...buckets('management', 'us-east-1', 'landing-zone', ['landing-zone-state', 'cost-and-usage']),
];

function buckets(
  account: AccountName,
  region: EstateRegion,
  application: Application,
  names: readonly string[],
  options: { kms?: boolean; faults?: readonly Fault[] } = {},
): BucketPlan[] {
  const { kms = false, faults = [] } = options;
  return names.map((name) => ({ name, account, region, application, kms, faults }));
}

/** The full name of the bucket that the plan calls `name`. */
export function bucketName(name: string): string {
  return `${PREFIX}-${name}`;
}

/** Buckets with what AWS sets on every new bucket since 2023, which moto does not, unless it is missing on purpose. */
export async function seedStorage(seeder: Seeder): Promise<void> {
  for (const plan of BUCKETS) {
    for (const name of repeated(bucketName(plan.name), seeder.scale)) await seedBucket(seeder, plan, name);
  }
}

async function seedBucket(seeder: Seeder, plan: BucketPlan, Bucket: string): Promise<void> {
  const { account, region, application, kms, faults } = plan;
  const s3 = seeder.in(account, region).client(S3Client);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }),
    }),
  );
  seeder.made('s3:bucket');
  await s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    }),
  );
  if (!faults.includes('no-encryption')) {
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: kms
                ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: `alias/${application}` }
                : { SSEAlgorithm: 'AES256' },
              BucketKeyEnabled: kms,
            },
          ],
        },
      }),
    );
  }
  if (!faults.includes('no-public-access-block')) {
    await s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
  }
  if (!faults.includes('no-tls-policy')) {
    const policy = bucketPolicy(Bucket, faults.includes('public'));
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  }
  if (!faults.includes('untagged')) {
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(application, account) } }));
  }
  if (kms) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  if (application === 'audit-logs') {
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: {
          Rules: [
            {
              ID: 'keep-seven-years',
              Status: 'Enabled',
              Filter: { Prefix: '' },
              Transitions: [{ Days: 90, StorageClass: 'GLACIER' }],
              Expiration: { Days: 2557 },
            },
          ],
        },
      }),
    );
  }
}

function bucketPolicy(bucket: string, isPublic: boolean) {
  const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const tlsOnly = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const publicRead = {
    Sid: 'PublicRead',
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  return { Version: '2012-10-17', Statement: isPublic ? [publicRead] : [tlsOnly] };
}
