import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import type { GatewaySection } from '../../../schemas/gateway-section.ts';
import { readSettings, type Settings } from '../../../scripts/gateway/configuration.ts';
import { type Desired, desiredState } from '../../../scripts/gateway/desired.ts';
import { functionName } from '../../../scripts/local/functions.ts';
import { hubAccount } from '../../../scripts/local/simulator/simulator.ts';

/** The tools that the tests register: enough for more than one at a time. */
export const tools = catalog.slice(0, 7);

/** The desired state of these settings over the tools. */
export function desiredFor(
  gateway: Partial<GatewaySection> = {},
  chosen = tools,
): { desired: Desired; settings: Settings } {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'central-ops.json');
  writeFileSync(path, JSON.stringify({ regions: ['us-east-1'], accounts: ['222233334444'], gateway }));
  const settings = readSettings(path);
  const desired = desiredState(chosen, settings, {
    account: hubAccount,
    partition: 'aws',
    functionArn: (tool) => `arn:aws:lambda:us-east-1:${hubAccount}:function:${functionName(tool)}`,
    jwt: settings.gateway.jwt,
  });
  return { desired, settings };
}
