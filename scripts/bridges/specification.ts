import {
  type BridgeSpecification,
  type BridgesFile,
  bridgesFile,
  ownVariable,
} from '../../schemas/bridge-specification.ts';
import { sessionPolicy } from '../../shared/assume-role.ts';
import { GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';
import type { Discovered } from './discovered-file.ts';

/** How a server is started beside the function. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

const SECRET_NAME = /SECRET|PASSWORD|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/i;
/** STS's limit for a session policy, in characters. */
const MAX_POLICY = 2_048;

/** bridges.json of one bridge's function. Throws GatewayError for a secret that is written out: the file is in the zip. */
export function bridgesFileOf(bridge: ConfiguredBridge, discovered: Discovered, start?: Start): BridgesFile {
  const policy = sessionPolicy(bridge.iam ?? []).length;
  if (policy > MAX_POLICY) {
    const what = `the session policy of its actions has ${policy} characters; STS takes ${MAX_POLICY}`;
    const fix = 'Shorten the list by patterns such as ec2:Describe*; the member role still names exact actions.';
    throw new GatewayError(`${bridge.name} cannot be packaged.`, [{ where: `${bridge.name}.iam`, what, fix }]);
  }
  return bridgesFile.parse({ bridges: { [bridge.name]: specificationOf(bridge, discovered, start) } });
}

function specificationOf(
  bridge: ConfiguredBridge,
  { tools, repeatable }: Discovered,
  start?: Start,
): BridgeSpecification {
  const served = Object.fromEntries(tools.map(({ name }) => [name, { repeatable: repeatable.includes(name) }]));
  if (bridge.kind === 'aws-mcp') {
    return { kind: 'aws-mcp', endpoint: bridge.endpoint, iam: [...bridge.iam], tools: served };
  }
  const { command, args, env } = { ...bridge.entry, ...start };
  const [secret] =
    Object.entries(env).find(([name, value]) => SECRET_NAME.test(name) && ownVariable(value) === undefined) ?? [];
  if (secret !== undefined) {
    const fix = `Write "\${${secret}}", and give the function a variable of that name.`;
    throw new GatewayError(`${bridge.name} cannot be packaged.`, [
      { where: `${bridge.name}.env.${secret}`, what: 'a secret would stand in the zip', fix },
    ]);
  }
  const iam = bridge.iam === undefined ? {} : { iam: [...bridge.iam] };
  return { kind: 'stdio', command, args: [...args], env, ...iam, tools: served };
}
