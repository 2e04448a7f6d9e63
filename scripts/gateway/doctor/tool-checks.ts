import { visibleNames } from '../desired.ts';
import { type Check, fail, pass, unknown } from './facts.ts';

/** The debug text, from the guide's page "Debug messages". */
const INVOKE_DENIED = /Access denied while invoking Lambda function (\S+?)\.?(\s|$)/;
const HIDDEN = 'An internal error occurred. Please retry later.';
/** A build that follows the commit by less is the same work. */
const MINUTE_MS = 60_000;

/** Whether the gateway serves this checkout's tools, and they work. */
export const toolChecks: readonly Check[] = [
  {
    id: 'tools-served',
    title: 'Every tool is served',
    judge({ served, desiredTargets }) {
      if (served === undefined || desiredTargets === undefined) return unknown('tools/list was not answered.');
      const missing = desiredTargets.flatMap(visibleNames).filter((name) => !served.includes(name));
      if (missing.length === 0) return pass(`${served.length} tools`);
      return fail(
        `Missing: ${missing.join(', ')}`,
        'Run npm run gateway -- apply. If it says unchanged, wait a minute.',
      );
    },
  },
  {
    id: 'function-region',
    title: 'Functions and gateway are in one Region',
    judge({ observed, region }) {
      if (observed?.gateway === undefined) return unknown('There is no gateway.');
      const away = observed.targets.filter(({ targetConfiguration }) => {
        const arn = targetConfiguration?.mcp?.lambda?.lambdaArn;
        return arn !== undefined && arn.split(':')[3] !== region;
      });
      if (away.length === 0) return pass(region);
      const detail = away.map(
        ({ name, targetConfiguration }) => `${name} in ${targetConfiguration?.mcp?.lambda?.lambdaArn?.split(':')[3]}`,
      );
      return fail(
        `${detail.join(', ')}; the gateway is in ${region}`,
        `Deploy the functions in ${region} and apply: across Regions every call is an internal error.`,
      );
    },
  },
  {
    id: 'target-credentials',
    title: 'Lambda targets use the role of the gateway',
    judge({ observed }) {
      if (observed?.gateway === undefined) return unknown('There is no gateway.');
      const without = observed.targets.filter(
        ({ targetConfiguration, credentialProviderConfigurations = [] }) =>
          targetConfiguration?.mcp?.lambda !== undefined &&
          !credentialProviderConfigurations.some((each) => each.credentialProviderType === 'GATEWAY_IAM_ROLE'),
      );
      if (without.length === 0) return pass('GATEWAY_IAM_ROLE');
      return fail(
        `Without GATEWAY_IAM_ROLE: ${without.map(({ name }) => name).join(', ')}`,
        'Run npm run gateway -- apply: it sets it.',
      );
    },
  },
  {
    id: 'invoke-permission',
    title: 'The gateway may invoke the functions',
    judge({ toolError, served, observed }) {
      const role = observed?.gateway?.roleArn ?? 'the role of the gateway';
      const denied = INVOKE_DENIED.exec(toolError ?? '');
      if (denied !== null) {
        return fail(`Denied: ${denied[1]}`, `Allow ${role} lambda:InvokeFunction on ${denied[1]} and ${denied[1]}:*.`);
      }
      if (toolError === undefined)
        return served === undefined ? unknown('No tool was called.') : pass('A tool answered.');
      if (!toolError.includes(HIDDEN)) return fail(toolError, 'Read npm run gateway -- logs for the function.');
      const detail = 'A call ended in an internal error whose reason is hidden.';
      return fail(
        detail,
        `Often ${role} lacks lambda:InvokeFunction. npm run gateway -- apply --debug, then doctor again, says the reason.`,
      );
    },
  },
  {
    id: 'schema-drift',
    title: 'The gateway has the schemas of this checkout',
    judge({ plan }) {
      if (plan === undefined) return unknown('No plan was made.');
      const changed = [plan.gateway, ...plan.targets].filter(
        ({ action }) => !['unchanged', 'foreign'].includes(action),
      );
      if (plan.problems.length > 0)
        return fail(plan.problems.map(({ what }) => what).join('; '), plan.problems[0]?.fix ?? '');
      if (changed.length === 0) return pass('The plan is empty.');
      const words = changed.map(({ action, name, differences }) =>
        `${action} ${name} ${differences.map(({ field }) => field).join()}`.trim(),
      );
      return fail(words.join('; '), 'Look at npm run gateway -- plan, then apply.');
    },
  },
  {
    id: 'function-age',
    title: 'The functions are those of this checkout',
    judge({ functions, packages, sourceChangedAt }) {
      if (functions === undefined) return unknown('The functions were not asked.');
      if (functions.size === 0) return fail('None of the functions is deployed here.', 'Deploy them first.');
      const built = [...functions].filter(([name]) => packages?.has(name) === true);
      const old =
        built.length > 0
          ? built.filter(([name, { codeSha256 }]) => packages?.get(name) !== codeSha256)
          : [...functions].filter(
              ([, { lastModified }]) =>
                lastModified !== undefined &&
                sourceChangedAt !== undefined &&
                lastModified.getTime() + MINUTE_MS < sourceChangedAt.getTime(),
            );
      if (built.length === 0 && sourceChangedAt === undefined)
        return unknown('Neither dist/ nor a git history to compare with.');
      if (old.length === 0) return pass(built.length > 0 ? 'as in dist/' : 'deployed after the last change');
      const fix = built.length > 0 ? 'Deploy again: dist/ has other code.' : 'Build and deploy again.';
      return fail(`Older than the checkout: ${old.map(([name]) => name).join(', ')}`, fix);
    },
  },
  {
    id: 'member-roles',
    title: 'The member roles can be assumed',
    judge({ accounts }) {
      if (accounts === undefined) return unknown('list_accounts with check_access was not answered.');
      const closed = accounts.filter(({ reachable }) => reachable === false);
      if (closed.length === 0) return pass(`${accounts.length} accounts`);
      const detail = closed.map(({ Id, reason }) => `${Id} (${reason ?? 'no reason'})`).join(', ');
      return fail(
        detail,
        'Deploy generated/target-role.yml there, with the same central role, organization and external ID.',
      );
    },
  },
];
