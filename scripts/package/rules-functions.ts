import type { Template } from './cloudformation.ts';
import type { Rule } from './rules.ts';
import { type Properties, resourcesOf } from './statements.ts';

/** CloudFormation resolves at most so many secrets in one stack. */
const MAX_DYNAMIC_REFERENCES = 60;
const SECRET_NAME = /SECRET|PASSWORD|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/;
const SECRET_VALUE = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN|\bgh[ps]_[A-Za-z0-9]{30,}/;

export const functionRules: readonly Rule[] = [
  eachFunction('current-runtime', 'Node 20 is at its end and the tools need 22', ({ Runtime, PackageType }) =>
    // The base of an image is in its Dockerfile, which is generated for Node 24.
    PackageType !== 'Image' && Number(/^nodejs(\d+)\.x$/.exec(String(Runtime))?.[1] ?? 0) < 22
      ? `runs on ${Runtime}`
      : undefined,
  ),
  eachFunction('arm64', 'the same work costs a fifth less', ({ Architectures }) =>
    String(Architectures) === 'arm64' ? undefined : 'is not for arm64',
  ),
  eachFunction('named', 'registration, the audit and aggregate_results find functions by name', ({ FunctionName }) =>
    /^central-ops-[a-z0-9-]+$/.test(String(FunctionName)) ? undefined : `is named ${FunctionName}`,
  ),
  eachFunction('bounded', "Lambda's own 3 seconds and 128 MB fit no tool", ({ Timeout, MemorySize }) =>
    Timeout >= 10 && Timeout <= 900 && MemorySize >= 256 ? undefined : 'has no timeout or memory of its own',
  ),
  eachFunction('own-role', 'the role must be one that these rules have seen', ({ Role }, template) =>
    roleIdOf(Role, template) === undefined ? 'runs as a role from elsewhere' : undefined,
  ),
  eachFunction('json-logs', 'audit lines are read by their fields', ({ LoggingConfig }) =>
    LoggingConfig?.LogFormat === 'JSON' && LoggingConfig.ApplicationLogLevel === 'INFO'
      ? undefined
      : 'does not log JSON at level INFO',
  ),
  eachFunction('log-group', 'Lambda would make one that keeps logs for ever', ({ FunctionName }, template) =>
    resourcesOf(template, 'AWS::Logs::LogGroup').some(
      ([, { Properties }]) => Properties.LogGroupName === `/aws/lambda/${FunctionName}`,
    )
      ? undefined
      : 'has no log group in the template',
  ),
  eachFunction('no-secret-in-environment', 'templates and their parameters are read by many', ({ Environment }) => {
    const found = Object.entries(Environment?.Variables ?? {}).filter(
      ([name, value]) =>
        (SECRET_NAME.test(name) && !JSON.stringify(value).includes('{{resolve:secretsmanager:')) ||
        SECRET_VALUE.test(JSON.stringify(value)),
    );
    return found.length > 0 ? `has a secret in ${found.map(([name]) => name).join(', ')}` : undefined;
  }),
  {
    name: 'log-retention',
    why: 'logs without an end cost money and keep what should be forgotten',
    find: (template) =>
      resourcesOf(template, 'AWS::Logs::LogGroup')
        .filter(([, { Properties }]) => !(Properties.RetentionInDays > 0))
        .map(([id]) => `${id} keeps logs for ever`),
  },
  {
    name: 'few-dynamic-references',
    why: `CloudFormation resolves ${MAX_DYNAMIC_REFERENCES} in one stack`,
    find: (template) => {
      const count = JSON.stringify(template).split('{{resolve:').length - 1;
      return count > MAX_DYNAMIC_REFERENCES ? [`the template has ${count}`] : [];
    },
  },
];

/** A rule about each function: the complaint without its subject, or nothing. */
function eachFunction(
  name: string,
  why: string,
  complaint: (properties: Properties, template: Template) => string | undefined,
): Rule {
  return {
    name,
    why,
    find: (template) =>
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
        const what = complaint(Properties, template);
        return what === undefined ? [] : [`${id} ${what}`];
      }),
  };
}

/** The logical ID of a function's role, when the template holds it. */
export function roleIdOf(role: unknown, { Resources }: Template): string | undefined {
  const id = /\$\{(\w+)\.Arn\}|"Fn::GetAtt":\["(\w+)"/
    .exec(JSON.stringify(role ?? ''))
    ?.slice(1)
    .find(Boolean);
  return id !== undefined && Resources[id]?.Type === 'AWS::IAM::Role' ? id : undefined;
}
