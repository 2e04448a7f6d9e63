import type { GatewaySection } from '../../schemas/gateway-section.ts';
import { PROTOCOL_VERSIONS } from '../local/gateway/protocol-versions.ts';
import type { Desired, DesiredGateway, DesiredTarget } from './desired.ts';
import { visibleNames } from './desired.ts';
import { lintJwt } from './lint-jwt.ts';
import { lintTools } from './lint-schema.ts';
import type { Problem } from './problem.ts';
import { checkOutboundAuth } from './target-matrix.ts';

// Patterns and lengths: service model bedrock-agentcore-control 2023-06-05 of botocore 1.43.107. The SDK checks none.
const NAME = /^([0-9a-zA-Z]-?)+$/;
const MAX_GATEWAY_NAME = 48;
const MAX_TARGET_NAME = 100;
const ROLE_ARN = /^arn:aws(-[^:]+)?:iam::\d{12}:role\/.+$/;
const FUNCTION_ARN =
  /^arn:aws[a-zA-Z-]*:lambda:([a-z]{2,4}(?:-[a-z]+)+-\d):\d{12}:function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?$/;
const MAX_INSTRUCTIONS = 2_048;
/** Bedrock Converse takes tool names of this form only: one longer name breaks every call of the agent. */
const VISIBLE_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MAX_TARGETS = 100;

/** Everything AWS would refuse, or would quietly change, found before any call. `region` is the gateway's. */
export function lint({ gateway, targets }: Desired, section: GatewaySection, region: string): Problem[] {
  return [
    ...lintGateway(gateway),
    ...section.targets.flatMap((target) => checkOutboundAuth(target, section.search)),
    ...targets.flatMap((target) => lintTarget(target, region)),
    ...duplicates(targets.map(({ name }) => name)).map((name) => ({
      where: `target ${name}`,
      what: 'two targets have this name',
      fix: 'Give one of them in gateway.targets another name.',
    })),
    ...(targets.length > MAX_TARGETS
      ? [
          {
            where: 'targets',
            what: `${targets.length} targets; a gateway holds ${MAX_TARGETS} unless its quota was raised`,
            fix: 'Choose with --toolsets, or register the rest behind a second gateway (--name).',
          },
        ]
      : []),
  ];
}

function lintGateway(gateway: DesiredGateway): Problem[] {
  const problems: Problem[] = [];
  const { name, roleArn, protocolConfiguration, authorizerConfiguration, authorizerType } = gateway;
  if (!NAME.test(name) || name.length > MAX_GATEWAY_NAME) {
    const what = `"${name}" (${name.length} characters) is no gateway name`;
    problems.push({ where: 'gateway.name', what, fix: nameRule(MAX_GATEWAY_NAME) });
  }
  if (!ROLE_ARN.test(roleArn)) {
    const fix = 'Give arn:aws:iam::<account>:role/<name>, the role that resources/ deploys.';
    problems.push({ where: 'gateway.roleArn', what: `"${roleArn}" is no role ARN`, fix });
  }
  const { supportedVersions = [], instructions } = protocolConfiguration.mcp;
  const unknown = supportedVersions.filter((version) => !(PROTOCOL_VERSIONS as readonly string[]).includes(version));
  if (unknown.length > 0 || supportedVersions.length === 0) {
    const what = unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : 'none is given';
    problems.push({ where: 'gateway.protocolVersions', what, fix: `Choose of ${PROTOCOL_VERSIONS.join(', ')}.` });
  }
  if (instructions !== undefined && (instructions === '' || instructions.length > MAX_INSTRUCTIONS)) {
    const what = `${instructions.length} characters`;
    problems.push({ where: 'gateway.instructions', what, fix: `Use 1 to ${MAX_INSTRUCTIONS} characters.` });
  }
  if (authorizerType === 'CUSTOM_JWT') problems.push(...lintJwt(authorizerConfiguration?.customJWTAuthorizer));
  return problems;
}

function lintTarget(target: DesiredTarget, region: string): Problem[] {
  const where = `target ${target.name}`;
  const problems: Problem[] = [];
  if (!NAME.test(target.name) || target.name.length > MAX_TARGET_NAME) {
    const what = `"${target.name}" (${target.name.length} characters) is no target name`;
    problems.push({ where, what, fix: nameRule(MAX_TARGET_NAME) });
  }
  for (const visible of visibleNames(target).filter((each) => !VISIBLE_NAME.test(each))) {
    const what = `models would see "${visible}" (${visible.length} characters)`;
    const fix = 'Models take at most 64 of letters, digits, _ and -: shorten --target-prefix or the tool.';
    problems.push({ where, what, fix });
  }
  if (target.functionArn !== undefined) {
    const functionRegion = FUNCTION_ARN.exec(target.functionArn)?.[1];
    if (target.functionArn === '') {
      const fix = 'Deploy it first, in the account and Region of the gateway, or leave its toolset out (--toolsets).';
      problems.push({ where, what: `its function is not deployed in ${region}`, fix });
    } else if (functionRegion === undefined) {
      const fix = 'Give arn:aws:lambda:<region>:<account>:function:<name>, with a version or alias if wanted.';
      problems.push({ where, what: `"${target.functionArn}" is no function ARN`, fix });
    } else if (functionRegion !== region) {
      const what = `its function is in ${functionRegion}, the gateway in ${region}: every call would fail`;
      problems.push({ where, what, fix: `Deploy the function in ${region}, or set homeRegion to ${functionRegion}.` });
    }
  }
  return [...problems, ...lintTools(where, target)];
}

function nameRule(longest: number): string {
  return `Use letters, digits and single hyphens, starting with a letter or digit, ${longest} characters at most.`;
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
