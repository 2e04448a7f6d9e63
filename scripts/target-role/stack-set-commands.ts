import type { ConfigurationFile } from '../../schemas/configuration-file.ts';

type Known = Partial<
  Pick<ConfigurationFile, 'homeRegion' | 'organizationId' | 'targetRoleName' | 'managementAccountId' | 'accounts'>
>;

const STACK = 'central-ops-target-role';

/**
 * The commands that put the role into member accounts, for a POSIX shell with AWS CLI 2. What the configuration does not
 * say stands in angle brackets; the external ID is read when the command runs, so that it is on no screen.
 */
export function stackSetCommands(template: string, known: Known): string {
  const { homeRegion = '<region>', managementAccountId } = known;
  const accounts = Array.isArray(known.accounts) ? known.accounts.join() : '<account>,<account>';
  const blocks = [
    ['What the role is told, from the deployed tools and central-ops.json:', values(known)],
    [
      'The role, once, with credentials of the management account (or a delegated administrator: add --call-as DELEGATED_ADMIN):',
      command(`aws cloudformation create-stack-set --stack-set-name ${STACK} --region ${homeRegion}`, [
        `--template-body file://${template} --capabilities CAPABILITY_NAMED_IAM`,
        '--permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false',
        '--parameters "$PARAMETERS"',
      ]),
    ],
    [
      'Into every account of the organization, present and future:',
      instances(homeRegion, 'OrganizationalUnitIds=<r-root>'),
    ],
    ['Into one OU:', instances(homeRegion, 'OrganizationalUnitIds=<ou-id>')],
    [
      'Into a list of accounts:',
      instances(homeRegion, `OrganizationalUnitIds=<r-root>,Accounts=${accounts},AccountFilterType=INTERSECTION`),
    ],
    [
      `Into the management account${managementAccountId ? ` (${managementAccountId})` : ''}, which StackSets leave out, with its own credentials:`,
      command(`aws cloudformation create-stack --stack-name ${STACK} --region ${homeRegion}`, [
        `--template-body file://${template} --capabilities CAPABILITY_NAMED_IAM --parameters "$PARAMETERS"`,
      ]),
    ],
    [
      'After the tools or their toolsets changed:',
      command(`aws cloudformation update-stack-set --stack-set-name ${STACK} --region ${homeRegion}`, [
        `--template-body file://${template} --capabilities CAPABILITY_NAMED_IAM`,
        '--parameters "$PARAMETERS"',
      ]),
    ],
  ];
  return blocks.map(([title, text]) => `# ${title}\n${text}`).join('\n\n');
}

function values({
  homeRegion = '<region>',
  organizationId = '<o-id>',
  targetRoleName,
  managementAccountId,
}: Known): string {
  const parameter = (key: string, value: string) => `{"ParameterKey":"${key}","ParameterValue":"${value}"}`;
  const list = [
    parameter('CentralRoleArns', "'$ROLE_ARNS'"),
    parameter('OrganizationId', organizationId),
    parameter('ExternalId', "'$EXTERNAL_ID'"),
    ...(targetRoleName === undefined ? [] : [parameter('RoleName', targetRoleName)]),
    ...(managementAccountId === undefined ? [] : [parameter('ManagementAccountId', managementAccountId)]),
  ];
  return [
    command(`ROLE_ARNS=$(aws cloudformation describe-stacks --stack-name central-ops-tools --region ${homeRegion}`, [
      `--query "Stacks[0].Outputs[?OutputKey=='ToolRoleArns'].OutputValue" --output text)`,
    ]),
    `EXTERNAL_ID=$(node -p "JSON.parse(fs.readFileSync('central-ops.json')).externalId")`,
    `PARAMETERS='[${list.join(',\n  ')}]'`,
  ].join('\n');
}

function instances(region: string, targets: string): string {
  // IAM is global: one Region per account makes the role; more would collide by its name.
  return command(`aws cloudformation create-stack-instances --stack-set-name ${STACK} --region ${region}`, [
    `--regions ${region} --deployment-targets '${targets}'`,
    '--operation-preferences MaxConcurrentPercentage=100,FailureTolerancePercentage=100',
  ]);
}

function command(first: string, rest: readonly string[]): string {
  return [first, ...rest].join(' \\\n  ');
}
