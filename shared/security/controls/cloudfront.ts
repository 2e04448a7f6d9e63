import type { Origin, ViewerCertificate } from '@aws-sdk/client-cloudfront';
import { controlsOn, fail, info, pass, securityHub, unknown, type Verdict } from '../control.ts';
import { type Distribution, readDistributions } from '../resources/cloudfront.ts';
import { checkedService } from '../service.ts';
import { together } from '../together.ts';

const distribution = controlsOn<Distribution>('cloudfront', 'AWS::CloudFront::Distribution');

const isS3 = ({ S3OriginConfig }: Origin) => S3OriginConfig !== undefined;
const isCustom = ({ CustomOriginConfig }: Origin) => CustomOriginConfig !== undefined;
const isFunction = ({ DomainName = '' }: Origin) => /\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(DomainName);

/** Leaves out distributions without such an origin, but not those of which AWS did not say the origins. */
const withOrigin = (is: (origin: Origin) => boolean) => {
  return ({ Origins }: Distribution) => !Array.isArray(Origins) || Origins.some(is);
};

const hasOwnCertificate = ({ ViewerCertificate }: { ViewerCertificate: ViewerCertificate | undefined }) =>
  ViewerCertificate?.CloudFrontDefaultCertificate !== true;

/** CloudFront writes an empty ID where no access control is set. */
function judgeAccessControl({ OriginAccessControlId, S3OriginConfig }: Origin): Verdict {
  if (OriginAccessControlId) return pass('origin access control');
  return fail(S3OriginConfig?.OriginAccessIdentity ? 'origin access identity, superseded' : 'no origin access control');
}

/** TLSv1.2_2021 and what came after: the name says the oldest version and the year. */
function isRecommended(policy: string): boolean {
  const [, version = '', year = ''] = /^TLSv1\.(\d)_(\d{4})$/.exec(policy) ?? [];
  return Number(version) >= 2 && Number(year) >= 2021;
}

export const cloudfront = checkedService(
  'cloudfront',
  [{ types: ['AWS::CloudFront::Distribution'], read: readDistributions }],
  [
    distribution({
      id: 'CloudFront.3',
      title: 'Distributions serve viewers over HTTPS only',
      severity: 'MEDIUM',
      fields: ['ViewerProtocolPolicies'],
      remediation: 'Set redirect-to-https or https-only on the default and on every other behaviour.',
      url: securityHub('cloudfront', 'CloudFront.3'),
      judge: ({ ViewerProtocolPolicies: policies }) => {
        if (policies.includes('allow-all')) return fail('allow-all');
        return policies.includes(undefined) ? unknown('AWS did not say ViewerProtocolPolicy') : pass('HTTPS only');
      },
    }),
    distribution({
      id: 'CloudFront.6',
      title: 'Distributions are behind a web ACL of WAF',
      severity: 'MEDIUM',
      fields: ['WebACLId'],
      remediation: 'Associate a web ACL of AWS WAF with the distribution.',
      url: securityHub('cloudfront', 'CloudFront.6'),
      judge: ({ WebACLId }) => (WebACLId === '' ? fail('no web ACL') : pass('web ACL')),
    }),
    distribution({
      id: 'CloudFront.7',
      title: 'Distributions have a certificate of their own',
      severity: 'LOW',
      fields: ['ViewerCertificate'],
      remediation: 'Set an alternate domain name with a certificate of ACM.',
      url: securityHub('cloudfront', 'CloudFront.7'),
      judge: ({
        ViewerCertificate: { CloudFrontDefaultCertificate: isDefault, ACMCertificateArn, IAMCertificateId },
      }) => {
        if (isDefault === true) return fail("CloudFront's certificate");
        const isOwn = isDefault === false || Boolean(ACMCertificateArn || IAMCertificateId);
        return isOwn ? pass('own certificate') : unknown('AWS did not say which certificate');
      },
    }),
    distribution({
      id: 'CloudFront.8',
      title: 'Distributions serve HTTPS by SNI',
      severity: 'LOW',
      when: hasOwnCertificate,
      fields: ['ViewerCertificate'],
      remediation: 'Set the SSL support method of the certificate to sni-only.',
      url: securityHub('cloudfront', 'CloudFront.8'),
      judge: ({ ViewerCertificate: { SSLSupportMethod: method } }) => {
        if (method === undefined) return unknown('AWS did not say SSLSupportMethod');
        return method === 'sni-only' ? pass(method) : fail(method);
      },
    }),
    distribution({
      id: 'CloudFront.9',
      title: 'Distributions reach custom origins over HTTPS',
      severity: 'MEDIUM',
      when: withOrigin(isCustom),
      fields: ['Origins', 'ViewerProtocolPolicies'],
      remediation: 'Set the protocol of the origin to https-only.',
      url: securityHub('cloudfront', 'CloudFront.9'),
      judge: ({ Origins, ViewerProtocolPolicies }) =>
        together(
          Origins.filter(isCustom).map(({ CustomOriginConfig }) => {
            const policy = CustomOriginConfig?.OriginProtocolPolicy;
            if (policy === undefined) return unknown('AWS did not say OriginProtocolPolicy');
            const inClear = policy === 'match-viewer' && ViewerProtocolPolicies.includes('allow-all');
            return policy === 'http-only' || inClear ? fail(policy) : pass('HTTPS');
          }),
          pass('no custom origin'),
        ),
    }),
    // Security Hub fails SSLv3 alone; what else is withdrawn is told.
    distribution({
      id: 'CloudFront.10',
      title: 'Distributions do not speak SSLv3 to custom origins',
      severity: 'MEDIUM',
      when: withOrigin(isCustom),
      fields: ['Origins'],
      remediation: 'Leave only TLSv1.2 among the SSL protocols of the origin.',
      url: securityHub('cloudfront', 'CloudFront.10'),
      judge: ({ Origins }) =>
        together(
          Origins.filter(isCustom).map(({ CustomOriginConfig }) => {
            if (CustomOriginConfig?.OriginProtocolPolicy === 'http-only') return info('no TLS to the origin');
            const protocols: readonly string[] | undefined = CustomOriginConfig?.OriginSslProtocols?.Items;
            if (protocols === undefined) return unknown('AWS did not say OriginSslProtocols');
            if (protocols.includes('SSLv3')) return fail('SSLv3');
            const old = protocols.filter((protocol) => protocol !== 'TLSv1.2');
            return old.length === 0 ? pass('TLSv1.2') : info(old.join(', '));
          }),
          pass('no custom origin'),
        ),
    }),
    distribution({
      id: 'CloudFront.13',
      title: 'Distributions reach S3 origins with origin access control',
      severity: 'MEDIUM',
      when: withOrigin(isS3),
      fields: ['Origins'],
      remediation: 'Set an origin access control on the origin and let only the distribution read the bucket.',
      url: securityHub('cloudfront', 'CloudFront.13'),
      judge: ({ Origins }) => together(Origins.filter(isS3).map(judgeAccessControl), pass('no S3 origin')),
    }),
    distribution({
      id: 'CloudFront.15',
      title: 'Distributions use the recommended TLS policy or a newer one',
      severity: 'MEDIUM',
      fields: ['ViewerCertificate'],
      remediation: 'Set the security policy to TLSv1.2_2021 or newer; it needs a certificate of your own.',
      url: securityHub('cloudfront', 'CloudFront.15'),
      judge: ({ ViewerCertificate: { MinimumProtocolVersion: policy } }) => {
        if (policy === undefined) return unknown('AWS did not say MinimumProtocolVersion');
        return isRecommended(policy) ? pass(policy) : fail(policy);
      },
    }),
    distribution({
      id: 'CloudFront.16',
      title: 'Distributions reach Lambda function URLs with origin access control',
      severity: 'MEDIUM',
      when: withOrigin(isFunction),
      fields: ['Origins'],
      remediation: 'Set an origin access control on the origin and let only the distribution call the function.',
      url: securityHub('cloudfront', 'CloudFront.16'),
      judge: ({ Origins }) => together(Origins.filter(isFunction).map(judgeAccessControl), pass('no function URL')),
    }),
  ],
);
