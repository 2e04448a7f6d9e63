import { stringify } from 'yaml';
import type { Tool } from '../../schemas/define-tool.ts';
import { allow, type Statement, type Template } from '../package/cloudformation.ts';

/** With account discovery every tool lists the organization, through this role where a management account is configured. */
const DISCOVERY = 'organizations:ListAccounts';

/** The template as the file that a StackSet takes. */
export function targetRoleTemplate(tools: readonly Tool[]): string {
  return stringify(targetRole(tools), { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * The member account's role as CloudFormation: exactly the declared actions, one statement per toolset, assumed by the
 * named roles only. Organizations reads exist only where the role is deployed in the management account.
 */
export function targetRole(tools: readonly Tool[]): Template {
  const organization = tools.flatMap(({ ownIam = [] }) => ownIam).filter((action) => /^organizations:/.test(action));
  return {
    ...HEAD,
    Resources: {
      TargetRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          Description: 'Read-only access for Central Ops Tools.',
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [TRUST] },
          Policies: [
            { PolicyName: 'central-ops-read', PolicyDocument: { Version: '2012-10-17', Statement: reads(tools) } },
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
            Statement: [allow('Organization', unique([DISCOVERY, ...organization]), '*')],
          },
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['TargetRole', 'Arn'] } } },
  };
}

function reads(tools: readonly Tool[]): Statement[] {
  const toolsets = [...new Set(tools.map(({ toolset }) => toolset))];
  return toolsets
    .map((toolset) => ({
      toolset,
      actions: unique(tools.filter((tool) => tool.toolset === toolset).flatMap(({ iam }) => iam)),
    }))
    .filter(({ actions }) => actions.length > 0)
    .map(({ toolset, actions }) => allow(capitalised(toolset), actions, '*'));
}

const TRUST: Statement = {
  Effect: 'Allow',
  Principal: { AWS: { Ref: 'CentralRoleArns' } },
  Action: 'sts:AssumeRole',
  Condition: {
    StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' }, 'aws:PrincipalOrgID': { Ref: 'OrganizationId' } },
  },
};

const HEAD = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'The role that Central Ops Tools assume in this account. Read-only: every action is a List or a Read.',
  Parameters: {
    CentralRoleArns: {
      Type: 'CommaDelimitedList',
      Description: 'ARNs of the execution roles of the tools: the output ToolRoleArns of their stack.',
    },
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
    RoleName: {
      Type: 'String',
      Default: 'CentralOpsTargetRole',
      AllowedPattern: '^[\\w+=,.@-]{1,64}$',
      Description: 'The targetRoleName of central-ops.json.',
    },
    ManagementAccountId: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^([0-9]{12})?$',
      Description: 'Set it when the tools read the organization through this role in the management account.',
    },
  },
  Conditions: { IsManagementAccount: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, { Ref: 'ManagementAccountId' }] } },
};

function unique(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
