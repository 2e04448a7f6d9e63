import { CloudFrontClient, CreateDistributionWithTagsCommand } from '@aws-sdk/client-cloudfront';
import { type Application, tagList } from './applications.ts';
import type { AccountName } from './organization.ts';
import type { Seeder } from './seeder.ts';
import { bucketName } from './storage.ts';

interface DistributionPlan {
  /** Its comment: distributions have no name. */
  comment: string;
  account: AccountName;
  application: Application;
  bucket: string;
  /** Plain HTTP to viewers, TLS 1.0, and a bucket that anyone could read without the distribution. */
  weak: boolean;
}

const DISTRIBUTIONS: readonly DistributionPlan[] = [
  {
    comment: 'checkout assets',
    account: 'payments-prod',
    application: 'checkout',
    bucket: 'checkout-assets',
    weak: false,
  },
  {
    comment: 'development assets',
    account: 'payments-dev',
    application: 'checkout',
    bucket: 'dev-checkout-assets',
    weak: true,
  },
];

/** CloudFront distributions: global, so they are made in us-east-1. */
export async function seedDistributions(seeder: Seeder): Promise<void> {
  for (const { comment, account, application, bucket, weak } of DISTRIBUTIONS) {
    const certificate = `arn:aws:acm:us-east-1:${seeder.accountId(account)}:certificate/00000000-0000-4000-8000-000000000000`;
    await seeder
      .in(account, 'us-east-1')
      .client(CloudFrontClient)
      .send(
        new CreateDistributionWithTagsCommand({
          DistributionConfigWithTags: {
            Tags: { Items: tagList(application, account) },
            DistributionConfig: {
              CallerReference: comment,
              Comment: comment,
              Enabled: true,
              Origins: {
                Quantity: 1,
                Items: [
                  {
                    Id: 'assets',
                    DomainName: `${bucketName(bucket)}.s3.us-east-1.amazonaws.com`,
                    OriginAccessControlId: weak ? '' : 'E1EXAMPLEACCESS',
                    S3OriginConfig: { OriginAccessIdentity: '' },
                  },
                ],
              },
              DefaultCacheBehavior: {
                TargetOriginId: 'assets',
                ViewerProtocolPolicy: weak ? 'allow-all' : 'redirect-to-https',
                CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
              },
              ViewerCertificate: weak
                ? { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' }
                : {
                    CloudFrontDefaultCertificate: false,
                    ACMCertificateArn: certificate,
                    SSLSupportMethod: 'sni-only',
                    MinimumProtocolVersion: 'TLSv1.2_2021',
                  },
            },
          },
        }),
      );
    seeder.made('cloudfront:distribution');
  }
}

/** Origins outside S3: one reached in clear, one with SSLv3, and a function that anyone can call past the distribution. */
export async function seedPortalDistribution(seeder: Seeder): Promise<void> {
  const origin = (
    Id: string,
    DomainName: string,
    policy: 'http-only' | 'https-only',
    protocols: ('SSLv3' | 'TLSv1.2')[],
  ) => ({
    Id,
    DomainName,
    CustomOriginConfig: {
      HTTPPort: 80,
      HTTPSPort: 443,
      OriginProtocolPolicy: policy,
      OriginSslProtocols: { Quantity: protocols.length, Items: protocols },
    },
  });
  await seeder
    .in('data-platform', 'us-east-1')
    .client(CloudFrontClient)
    .send(
      new CreateDistributionWithTagsCommand({
        DistributionConfigWithTags: {
          Tags: { Items: tagList('warehouse', 'data-platform') },
          DistributionConfig: {
            CallerReference: 'reports portal',
            Comment: 'reports portal',
            Enabled: true,
            Origins: {
              Quantity: 3,
              Items: [
                origin('reports', 'reports.example.com', 'http-only', ['TLSv1.2']),
                origin('archive', 'archive.example.com', 'https-only', ['SSLv3', 'TLSv1.2']),
                origin('render', 'abcdefghij.lambda-url.us-east-1.on.aws', 'https-only', ['TLSv1.2']),
              ],
            },
            DefaultCacheBehavior: {
              TargetOriginId: 'reports',
              ViewerProtocolPolicy: 'https-only',
              CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
            },
            ViewerCertificate: {
              CloudFrontDefaultCertificate: false,
              IAMCertificateId: 'ASCAEXAMPLE',
              SSLSupportMethod: 'vip',
              MinimumProtocolVersion: 'TLSv1.2_2025',
            },
          },
        },
      }),
    );
  seeder.made('cloudfront:distribution');
}
