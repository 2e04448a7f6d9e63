import { Unread } from '../../../../shared/security/control.ts';
import { s3 } from '../../../../shared/security/controls/s3.ts';
import type { Bucket, S3Account } from '../../../../shared/security/resources/s3.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const allBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const tlsOnly = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::invoices', 'arn:aws:s3:::invoices/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const bucket = (more: Partial<Bucket> = {}): Bucket => ({
  type: 'AWS::S3::Bucket',
  id: 'invoices',
  SSEAlgorithm: 'aws:kms',
  KeyManager: 'CUSTOMER',
  PublicAccessBlock: allBlocked,
  Policy: [tlsOnly],
  PolicyIsPublic: false,
  ...more,
});
const withStatement = (change: object) => bucket({ Policy: [{ ...tlsOnly, ...change }] });

const account = (PublicAccessBlock: S3Account['PublicAccessBlock']): S3Account => ({
  type: 'AWS::::Account',
  id: '111111111111',
  PublicAccessBlock,
});

testControls(s3, {
  'S3.1': {
    passing: account(allBlocked),
    failing: account(null),
    undecidable: account(denied),
    more: [['one of four off', account({ ...allBlocked, IgnorePublicAcls: false }), 'fail']],
  },
  'S3.2': {
    passing: bucket(),
    failing: bucket({ PolicyIsPublic: true, PublicAccessBlock: null }),
    undecidable: bucket({ PublicAccessBlock: { ...allBlocked, IgnorePublicAcls: false } }),
    more: [
      ['without a public access block the ACL decides', bucket({ PublicAccessBlock: null }), 'unknown'],
      ['a policy that could not be judged', bucket({ PolicyIsPublic: denied }), 'unknown'],
    ],
  },
  'S3.5': {
    passing: bucket(),
    failing: bucket({ Policy: null }),
    undecidable: bucket({ Policy: denied }),
    more: [
      ['an empty policy', bucket({ Policy: [] }), 'fail'],
      ['among other statements', bucket({ Policy: [{ Effect: 'Allow', Principal: '*' }, tlsOnly] }), 'pass'],
      ['everyone by AWS: *', withStatement({ Principal: { AWS: '*' } }), 'pass'],
      ['everyone in a list', withStatement({ Principal: { AWS: ['*'] } }), 'pass'],
      ['for one principal only', withStatement({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } }), 'fail'],
      ['an Allow says nothing', withStatement({ Effect: 'Allow' }), 'fail'],
      ['for reading only', withStatement({ Action: 's3:GetObject' }), 'fail'],
      ['every action of AWS', withStatement({ Action: ['*'] }), 'pass'],
      ['the bucket without its objects', withStatement({ Resource: 'arn:aws:s3:::invoices' }), 'fail'],
      ['the objects of another bucket', withStatement({ Resource: 'arn:aws:s3:::other-invoices/*' }), 'fail'],
      ['every resource', withStatement({ Resource: '*' }), 'pass'],
      ['the wrong way round', withStatement({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), 'fail'],
      ['any case, a boolean', withStatement({ Condition: { bool: { 'AWS:securetransport': false } } }), 'pass'],
      [
        'a minimum version of TLS',
        withStatement({ Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }),
        'pass',
      ],
      [
        'narrowed by a second condition',
        withStatement({
          Condition: { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
        }),
        'fail',
      ],
      ['without a condition, which would deny all', withStatement({ Condition: undefined }), 'fail'],
    ],
  },
  'S3.8': {
    passing: bucket(),
    failing: bucket({ PublicAccessBlock: null }),
    undecidable: bucket({ PublicAccessBlock: denied }),
    more: [
      ['one of four off', bucket({ PublicAccessBlock: { ...allBlocked, BlockPublicPolicy: false } }), 'fail'],
      ['one of four unsaid', bucket({ PublicAccessBlock: { BlockPublicAcls: true } }), 'fail'],
    ],
  },
  'S3.17': {
    passing: bucket(),
    failing: bucket({ SSEAlgorithm: null }),
    undecidable: bucket({ SSEAlgorithm: denied }),
    more: [
      ['two layers', bucket({ SSEAlgorithm: 'aws:kms:dsse' }), 'pass'],
      ['SSE-S3 encrypts too', bucket({ SSEAlgorithm: 'AES256' }), 'info'],
    ],
  },
  'OPS.S3.1': {
    passing: bucket(),
    failing: bucket({ KeyManager: 'AWS' }),
    undecidable: bucket({ KeyManager: denied }),
    more: [['SSE-S3', bucket({ SSEAlgorithm: 'AES256', KeyManager: 'AWS_OWNED' }), 'info']],
  },
});
