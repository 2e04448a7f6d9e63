// biome-ignore lint/suspicious/noExplicitAny: templates are spoiled anywhere.
type Any = any;

interface BadTemplate {
  /** The template that is spoiled; the stack of the first configuration when absent. */
  readonly of?: 'the member role';
  readonly spoil: (resources: Record<string, Any>, template: Record<string, Any>) => void;
}

const bad = (spoil: BadTemplate['spoil']): BadTemplate => ({ spoil });
const badMember = (spoil: BadTemplate['spoil']): BadTemplate => ({ of: 'the member role', spoil });

const aFunction = (resources: Record<string, Any>) => resources.ListDashaccountsLambdaFunction.Properties;
const aLogGroup = (resources: Record<string, Any>) => resources.ListDashaccountsLogGroup.Properties;
const toolsStatement = (resources: Record<string, Any>, sid: string) =>
  resources.ToolsPolicy.Properties.PolicyDocument.Statement.find(({ Sid }: Any) => Sid === sid);
const invokeStatement = (resources: Record<string, Any>) =>
  resources.AggregationRole.Properties.Policies[0].PolicyDocument.Statement[0];
const gatewayTrust = (resources: Record<string, Any>) =>
  resources.GatewayRole.Properties.AssumeRolePolicyDocument.Statement[0];
const memberTrust = (resources: Record<string, Any>) =>
  resources.TargetRole.Properties.AssumeRolePolicyDocument.Statement[0];
const memberReads = (resources: Record<string, Any>) =>
  resources.TargetRole.Properties.Policies[0].PolicyDocument.Statement[0];
const bucket = (resources: Record<string, Any>) => resources.ContextBucket.Properties;

/** For each rule of scripts/package/rules.ts, good templates spoiled in one place that it must see. */
export const badTemplates: Record<string, BadTemplate[]> = {
  'no-wildcard-action': [
    badMember((resources) => memberReads(resources).Action.push('ec2:Describe*')),
    badMember((resources) => {
      memberReads(resources).Action = '*';
    }),
  ],
  'no-negative-grant': [
    badMember((resources) => {
      const statement = memberReads(resources);
      statement.NotAction = statement.Action;
      delete statement.Action;
    }),
    bad((resources) => {
      gatewayTrust(resources).NotPrincipal = gatewayTrust(resources).Principal;
    }),
  ],
  'reads-only': [badMember((resources) => memberReads(resources).Action.push('ec2:TerminateInstances'))],
  'no-contents': [
    badMember((resources) => memberReads(resources).Action.push('s3:GetObject')),
    badMember((resources) => memberReads(resources).Action.push('secretsmanager:GetSecretValue')),
  ],
  'own-resources-only': [
    bad((resources) => {
      invokeStatement(resources).Resource = '*';
    }),
    bad((resources) => {
      invokeStatement(resources).Resource = {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own variables.
        'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*',
      };
    }),
    bad((resources) => {
      toolsStatement(resources, 'TargetRole').Resource = '*';
    }),
  ],
  'assume-in-our-accounts': [bad((resources) => delete toolsStatement(resources, 'TargetRole').Condition)],
  'no-foreign-policy': [
    bad((resources) => resources.ToolsRole.Properties.ManagedPolicyArns.push('arn:aws:iam::aws:policy/ReadOnlyAccess')),
  ],
  'no-wildcard-principal': [
    badMember((resources) => {
      memberTrust(resources).Principal = '*';
    }),
    badMember((resources) => {
      memberTrust(resources).Principal = { AWS: 'arn:aws:iam::999999999999:root' };
    }),
    bad((resources) =>
      resources.ContextBucketPolicy.Properties.PolicyDocument.Statement.push({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::central-ops-context/v1/*',
      }),
    ),
  ],
  'service-in-our-account': [
    bad((resources) => delete gatewayTrust(resources).Condition.StringEquals),
    bad((resources) => delete gatewayTrust(resources).Condition.ArnLike),
  ],
  'member-trust-conditions': [
    badMember((resources) => delete memberTrust(resources).Condition.StringEquals['sts:ExternalId']),
    badMember((resources) => delete memberTrust(resources).Condition.StringEquals['aws:PrincipalOrgID']),
  ],
  'exact-conditions': [
    badMember((resources) => {
      memberTrust(resources).Condition = { StringLike: memberTrust(resources).Condition.StringEquals };
    }),
    badMember((resources) => {
      memberTrust(resources).Condition = { StringEqualsIfExists: memberTrust(resources).Condition.StringEquals };
    }),
  ],
  'short-sessions': [
    badMember((resources) => {
      resources.TargetRole.Properties.MaxSessionDuration = 43_200;
    }),
  ],
  'no-public-function': [
    bad((resources) => {
      resources.Url = { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } };
    }),
    bad((resources) => {
      resources.Permission = {
        Type: 'AWS::Lambda::Permission',
        Properties: { Action: 'lambda:InvokeFunction', Principal: 'bedrock-agentcore.amazonaws.com' },
      };
    }),
  ],
  'current-runtime': [
    bad((resources) => {
      aFunction(resources).Runtime = 'nodejs20.x';
    }),
  ],
  arm64: [bad((resources) => delete aFunction(resources).Architectures)],
  named: [
    bad((resources) => {
      aFunction(resources).FunctionName = 'list-accounts';
    }),
  ],
  bounded: [
    bad((resources) => delete aFunction(resources).Timeout),
    bad((resources) => {
      aFunction(resources).MemorySize = 128;
    }),
  ],
  'own-role': [
    bad((resources) => {
      aFunction(resources).Role = 'arn:aws:iam::999999999999:role/Admin';
    }),
    bad((resources) => delete aFunction(resources).Role),
  ],
  'json-logs': [
    bad((resources) => delete aFunction(resources).LoggingConfig),
    bad((resources) => {
      aFunction(resources).LoggingConfig.ApplicationLogLevel = 'WARN';
    }),
  ],
  'log-group': [bad((resources) => delete resources.ListDashaccountsLogGroup)],
  'no-secret-in-environment': [
    bad((resources) => {
      aFunction(resources).Environment.Variables.CENTRAL_OPS_CURSOR_SECRET = 'a secret in the clear';
    }),
    bad((resources) => {
      aFunction(resources).Environment.Variables.SOMETHING = `AKIA${'A'.repeat(16)}`;
    }),
  ],
  'log-retention': [bad((resources) => delete aLogGroup(resources).RetentionInDays)],
  'few-dynamic-references': [
    bad((resources) => {
      const { Variables } = aFunction(resources).Environment;
      for (let index = 0; index < 60; index++) Variables[`A${index}`] = '{{resolve:ssm:name}}';
    }),
  ],
  encrypted: [bad((resources) => delete bucket(resources).BucketEncryption)],
  'not-public': [
    bad((resources) => delete bucket(resources).PublicAccessBlockConfiguration),
    bad((resources) => {
      bucket(resources).PublicAccessBlockConfiguration.RestrictPublicBuckets = false;
    }),
  ],
  'tls-only': [bad((resources) => delete resources.ContextBucketPolicy)],
  versioned: [
    bad((resources) => {
      bucket(resources).VersioningConfiguration.Status = 'Suspended';
    }),
  ],
  expiring: [
    bad((resources) => delete bucket(resources).LifecycleConfiguration),
    bad((resources) => delete bucket(resources).LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration),
  ],
  'generated-secret': [
    bad((resources) => {
      resources.CursorSecret.Properties = { SecretString: 'in the clear' };
    }),
  ],
  'hidden-parameters': [badMember((_resources, template) => delete template.Parameters.ExternalId.NoEcho)],
};
