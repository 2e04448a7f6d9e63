import type { Template } from './cloudformation.ts';
import type { Rule } from './rules.ts';
import { hasCondition, type Properties, resourcesOf, statementsOf } from './statements.ts';

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
/** The bucket that osls uploads zips to: no data in it, and osls prunes it itself. */
const UPLOADS = 'ServerlessDeploymentBucket';

export const storageRules: readonly Rule[] = [
  eachBucket('encrypted', 'what is kept is encrypted, and says so', ({ BucketEncryption }) =>
    BucketEncryption?.ServerSideEncryptionConfiguration?.length > 0 ? undefined : 'is not encrypted',
  ),
  eachBucket('not-public', 'no setting of an object or a policy may open it', ({ PublicAccessBlockConfiguration }) =>
    BLOCKS.every((block) => PublicAccessBlockConfiguration?.[block] === true) ? undefined : 'can be made public',
  ),
  eachBucket('tls-only', 'results must not travel in the clear', (_properties, id, template) =>
    statementsOf(template).some(
      ({ resource, statement }) =>
        statement.Effect === 'Deny' &&
        hasCondition(statement, 'aws:SecureTransport') &&
        (template.Resources[resource]?.Properties?.Bucket as { Ref?: string } | undefined)?.Ref === id,
    )
      ? undefined
      : 'can be read without TLS',
  ),
  eachBucket('versioned', 'a mistaken write can be undone', ({ VersioningConfiguration }, id) =>
    id === UPLOADS || VersioningConfiguration?.Status === 'Enabled' ? undefined : 'is not versioned',
  ),
  eachBucket('expiring', 'a result of yesterday is a risk and no help', ({ LifecycleConfiguration }, id) => {
    const expires = (LifecycleConfiguration?.Rules ?? []).some(
      ({ Status, ExpirationInDays, NoncurrentVersionExpiration }: Properties) =>
        Status === 'Enabled' && ExpirationInDays > 0 && NoncurrentVersionExpiration?.NoncurrentDays > 0,
    );
    return id === UPLOADS || expires ? undefined : 'keeps objects or their versions for ever';
  }),
  {
    name: 'generated-secret',
    why: 'a value in a template is in git and in the history of the stack',
    find: (template) =>
      resourcesOf(template, 'AWS::SecretsManager::Secret')
        .filter(
          ([, { Properties }]) =>
            !(Properties.GenerateSecretString?.PasswordLength >= 32) || 'SecretString' in Properties,
        )
        .map(([id]) => `${id} is not made by Secrets Manager with 32 characters or more`),
  },
  {
    name: 'hidden-parameters',
    why: 'the console shows the values of parameters to everybody who may see the stack',
    find: ({ Parameters = {} }) =>
      Object.entries(Parameters)
        .filter(([name, { NoEcho }]) => /Secret|Password|Token|ExternalId/.test(name) && NoEcho !== true)
        .map(([name]) => `the parameter ${name} is shown`),
  },
];

/** A rule about each bucket: the complaint without its subject, or nothing. */
function eachBucket(
  name: string,
  why: string,
  complaint: (properties: Properties, id: string, template: Template) => string | undefined,
): Rule {
  return {
    name,
    why,
    find: (template) =>
      resourcesOf(template, 'AWS::S3::Bucket').flatMap(([id, { Properties }]) => {
        const what = complaint(Properties, id, template);
        return what === undefined ? [] : [`${id} ${what}`];
      }),
  };
}
