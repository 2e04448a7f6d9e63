import type { Origin } from '@aws-sdk/client-cloudfront';
import { cloudfront } from '../../../../shared/security/controls/cloudfront.ts';
import type { Distribution } from '../../../../shared/security/resources/cloudfront.ts';
import { testControls } from '../../../support/control-cases.ts';

const bucket = (more: Partial<Origin> = {}): Origin => ({
  Id: 'assets',
  DomainName: 'assets.s3.us-east-1.amazonaws.com',
  OriginAccessControlId: 'E1EXAMPLE',
  S3OriginConfig: { OriginAccessIdentity: '' },
  ...more,
});
const custom = (OriginProtocolPolicy: string | undefined, ...Items: string[]): Origin => ({
  Id: 'app',
  DomainName: 'app.example.com',
  CustomOriginConfig: { OriginProtocolPolicy, OriginSslProtocols: { Items } } as never,
});
const lambda = (OriginAccessControlId: string): Origin => ({
  ...custom('https-only', 'TLSv1.2'),
  DomainName: 'abc.lambda-url.us-east-1.on.aws',
  OriginAccessControlId,
});
const distribution = (more: Partial<Distribution> = {}): Distribution => ({
  type: 'AWS::CloudFront::Distribution',
  id: 'E1',
  ViewerProtocolPolicies: ['redirect-to-https', 'https-only'],
  Origins: [bucket()],
  ViewerCertificate: {
    CloudFrontDefaultCertificate: false,
    SSLSupportMethod: 'sni-only',
    MinimumProtocolVersion: 'TLSv1.2_2021',
  },
  WebACLId: 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/a/1',
  ...more,
});
const origins = (...Origins: Origin[]) => distribution({ Origins });
const certificate = (ViewerCertificate: Distribution['ViewerCertificate']) => distribution({ ViewerCertificate });
const minimum = (policy: string) => certificate({ MinimumProtocolVersion: policy as never });

testControls(cloudfront, {
  'CloudFront.3': {
    passing: distribution(),
    failing: distribution({ ViewerProtocolPolicies: ['redirect-to-https', 'allow-all'] }),
    undecidable: distribution({ ViewerProtocolPolicies: [undefined] }),
  },
  'CloudFront.6': {
    passing: distribution(),
    failing: distribution({ WebACLId: '' }),
    undecidable: distribution({ WebACLId: undefined }),
  },
  'CloudFront.7': {
    passing: distribution(),
    failing: certificate({ CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' }),
    undecidable: certificate({}),
    more: [['takes one of IAM', certificate({ IAMCertificateId: 'A1' }), 'pass']],
  },
  'CloudFront.8': {
    passing: distribution(),
    failing: certificate({ SSLSupportMethod: 'vip' }),
    undecidable: certificate({}),
    more: [["is not about CloudFront's certificate", certificate({ CloudFrontDefaultCertificate: true }), 'none']],
  },
  'CloudFront.9': {
    passing: origins(custom('https-only')),
    failing: origins(custom('https-only'), custom('http-only')),
    undecidable: origins(custom(undefined)),
    more: [
      ['takes what the viewer takes, where that is HTTPS', origins(custom('match-viewer')), 'pass'],
      [
        'finds plain HTTP of viewers passed on',
        distribution({ Origins: [custom('match-viewer')], ViewerProtocolPolicies: ['allow-all'] }),
        'fail',
      ],
      ['is not about S3 origins', origins(bucket()), 'none'],
    ],
  },
  'CloudFront.10': {
    passing: origins(custom('https-only', 'TLSv1.2')),
    failing: origins(custom('match-viewer', 'SSLv3', 'TLSv1.2')),
    undecidable: origins({ ...custom('https-only'), CustomOriginConfig: {} as never }),
    more: [
      ['informs of TLS 1.0', origins(custom('https-only', 'TLSv1', 'TLSv1.2')), 'info'],
      ['leaves an origin without TLS to CloudFront.9', origins(custom('http-only', 'SSLv3')), 'info'],
    ],
  },
  'CloudFront.13': {
    passing: distribution(),
    failing: origins(bucket({ OriginAccessControlId: '' })),
    undecidable: distribution({ Origins: undefined }),
    more: [
      [
        'does not take an origin access identity',
        origins(
          bucket({
            OriginAccessControlId: '',
            S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/E2' },
          }),
        ),
        'fail',
      ],
      ['finds one origin of two', origins(bucket(), bucket({ OriginAccessControlId: undefined })), 'fail'],
      ['is not about custom origins', origins(custom('https-only')), 'none'],
    ],
  },
  'CloudFront.15': {
    passing: distribution(),
    failing: minimum('TLSv1.2_2019'),
    undecidable: certificate({}),
    more: [
      ['takes TLSv1.2_2025', minimum('TLSv1.2_2025'), 'pass'],
      ['takes TLSv1.3_2025', minimum('TLSv1.3_2025'), 'pass'],
      ['does not take TLSv1', minimum('TLSv1'), 'fail'],
      ['does not take TLSv1.1_2016', minimum('TLSv1.1_2016'), 'fail'],
    ],
  },
  'CloudFront.16': {
    passing: origins(lambda('E1EXAMPLE')),
    failing: origins(lambda('')),
    undecidable: distribution({ Origins: undefined }),
    more: [['is not about other origins', origins(bucket(), custom('https-only')), 'none']],
  },
});
