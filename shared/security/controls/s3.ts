import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { deniesPlainHttp } from '../bucket-policy.ts';
import { controlsOn, fail, info, pass, securityHub, unknown, type Verdict } from '../control.ts';
import { type Bucket, readBuckets, readS3Account, type S3Account } from '../resources/s3.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const account = controlsOn<S3Account>('s3', 'AWS::::Account');
const bucket = controlsOn<Bucket>('s3', 'AWS::S3::Bucket');

const FLAGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

function judgeBlock(block: PublicAccessBlockConfiguration | null): Verdict {
  if (block === null) return fail('no public access block');
  const off = FLAGS.filter((flag) => block[flag] !== true);
  return off.length === 0 ? pass('all four on') : fail(`off: ${off.join(', ')}`);
}

export const s3 = checkedService(
  's3',
  [
    { types: ['AWS::::Account'], read: readS3Account },
    { types: ['AWS::S3::Bucket'], read: readBuckets },
  ],
  [
    account({
      id: 'S3.1',
      title: 'The account blocks public access to all its buckets',
      severity: 'MEDIUM',
      fields: ['PublicAccessBlock'],
      remediation: 'Turn on all four settings of Block Public Access for the account.',
      url: securityHub('s3', 'S3.1'),
      judge: ({ PublicAccessBlock }) => judgeBlock(PublicAccessBlock),
    }),
    // Read through the policy and the public access block. The ACL would be a fifth call per bucket, so that without
    // IgnorePublicAcls it stays open whether the ACL lets everyone in; S3.8 fails such a bucket.
    bucket({
      id: 'S3.2',
      title: 'Buckets cannot be read by everyone',
      severity: 'CRITICAL',
      fields: ['PublicAccessBlock', 'PolicyIsPublic'],
      remediation: 'Turn on Block Public Access for the bucket and remove the policy statement that allows everyone.',
      url: securityHub('s3', 'S3.2'),
      judge: ({ PublicAccessBlock, PolicyIsPublic }) => {
        if (PolicyIsPublic) return fail('its policy is public');
        return PublicAccessBlock?.IgnorePublicAcls === true ? pass('not public') : unknown('ACL not read');
      },
    }),
    bucket({
      id: 'S3.5',
      title: 'Buckets accept TLS only',
      severity: 'MEDIUM',
      fields: ['id', 'Policy'],
      remediation: 'Add a policy statement that denies s3:* to everyone where aws:SecureTransport is false.',
      url: securityHub('s3', 'S3.5'),
      judge: ({ id, Policy }) => {
        if (Policy === null) return fail('accepts plain HTTP: no policy');
        return deniesPlainHttp(Policy, id) ? pass('plain HTTP denied') : fail('accepts plain HTTP');
      },
    }),
    bucket({
      id: 'S3.8',
      title: 'Buckets block public access',
      severity: 'HIGH',
      fields: ['PublicAccessBlock'],
      remediation: 'Turn on all four settings of Block Public Access for the bucket.',
      url: securityHub('s3', 'S3.8'),
      judge: ({ PublicAccessBlock }) => judgeBlock(PublicAccessBlock),
    }),
    // Not among AWS's foundational practices: SSE-S3 encrypts too, so it is told and not failed.
    bucket({
      id: 'S3.17',
      title: 'Buckets are encrypted with KMS keys',
      severity: 'MEDIUM',
      fields: ['SSEAlgorithm'],
      remediation: 'Set default encryption of the bucket to SSE-KMS, with a bucket key.',
      url: securityHub('s3', 'S3.17'),
      judge: ({ SSEAlgorithm }) => {
        if (SSEAlgorithm === null) return fail('no default encryption');
        return SSEAlgorithm.startsWith('aws:kms') ? pass(SSEAlgorithm) : info(`encrypted with ${SSEAlgorithm}`);
      },
    }),
    customerKeyControl('s3', 'OPS.S3.1', 'S3 bucket', 'AWS::S3::Bucket'),
  ],
);
