import { stringify } from 'yaml';
import type { Tool } from '../../schemas/define-tool.ts';

/**
 * The member account's role as CloudFormation: exactly the declared actions, one statement per toolset, assumed by the
 * named roles only. Organizations reads exist only where the role is deployed in the management account.
 */
export function targetRoleTemplate(tools: readonly Tool[]): string {
  const toolsets = [...new Set(tools.map(({ toolset }) => toolset))];
  const statements = toolsets
    .map((toolset) => ({ toolset, actions: actionsOf(tools.filter((tool) => tool.toolset === toolset)) }))
    .filter(({ actions }) => actions.length > 0)
    .map(({ toolset, actions }) => ({ Sid: capitalised(toolset), Effect: 'Allow', Action: actions, Resource: '*' }));
  const organization = unique(
    tools.flatMap(({ ownIam = [] }) => ownIam).filter((action) => action.startsWith('organizations:')),
  );
  return stringify(template(statements, organization), { lineWidth: 0, aliasDuplicateObjects: false });
}

function actionsOf(tools: readonly Tool[]): string[] {
  return unique(tools.flatMap(({ iam }) => iam));
}

function unique(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function template(statements: readonly object[], organization: readonly string[]) {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The role that Central Ops Tools assume in this account. Read-only: every action is a List or a Read.',
    Parameters: {
      CentralRoleArns: { Type: 'CommaDelimitedList', Description: 'ARNs of the execution roles of the tools.' },
      OrganizationId: {
        Type: 'String',
        AllowedPattern: '^o-[a-z0-9]{10,32}$',
        Description: 'Only principals of this organization.',
      },
      ExternalId: {
        Type: 'String',
        NoEcho: true,
        MinLength: 2,
        MaxLength: 1224,
        Description: 'The externalId of central-ops.json.',
      },
      RoleName: { Type: 'String', Default: 'CentralOpsTargetRole' },
      ManagementAccountId: {
        Type: 'String',
        Default: '',
        Description: 'Set it when the tools read the organization through this role in the management account.',
      },
    },
    Conditions: { IsManagementAccount: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, { Ref: 'ManagementAccountId' }] } },
    Resources: {
      TargetRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          Description: 'Read-only access for Central Ops Tools.',
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { Ref: 'CentralRoleArns' } },
                Action: 'sts:AssumeRole',
                Condition: {
                  StringEquals: {
                    'sts:ExternalId': { Ref: 'ExternalId' },
                    'aws:PrincipalOrgID': { Ref: 'OrganizationId' },
                  },
                },
              },
            ],
          },
          Policies: [
            { PolicyName: 'central-ops-read', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
          ],
        },
      },
      OrganizationPolicy: {
        Type: 'AWS::IAM::RolePolicy',
        Condition: 'IsManagementAccount',
        Properties: {
          PolicyName: 'central-ops-organization',
          RoleName: { Ref: 'TargetRole' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: organization, Resource: '*' }],
          },
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['TargetRole', 'Arn'] } } },
  };
}
