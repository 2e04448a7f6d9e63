import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { BridgesFile } from '../../schemas/bridge-specification.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import type { Identity } from '../../shared/bridge/bridge-handler.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { testContext } from './configuration.ts';

export const STDIO_SERVERS = join(import.meta.dirname, 'stdio-servers');

/** What a bridge answers, as far as tests look. */
export interface BridgeResult {
  readonly server?: string;
  readonly tool?: string;
  readonly account_id?: string;
  readonly is_error?: boolean;
  readonly result?: unknown;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly reason?: string;
    readonly server_said?: string;
    readonly field?: string;
  };
}

// Each test loads the function anew, and each load listens to the end of the process.
process.setMaxListeners(0);

/** For this test the bridges' functions find these specifications. Gives the folder of the file. */
export function withBridges(bridges: BridgesFile['bridges']): string {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-bridges-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'bridges.json'), JSON.stringify({ bridges }));
  vi.stubEnv('CENTRAL_OPS_BRIDGES', join(folder, 'bridges.json'));
  return folder;
}

/** Calls a bridge's handler as the Gateway does: `visibleName` is `<target>___<tool>`. */
export async function callBridge(
  tool: Pick<Tool, 'name'>,
  visibleName: string,
  event: object = {},
  milliseconds = 20_000,
): Promise<BridgeResult> {
  const { handler } = (await import(`../../functions/${kebabCase(tool.name)}.ts`)) as { handler: Handler };
  const custom = { bedrockAgentCoreToolName: visibleName, bedrockAgentCoreMcpMessageId: '1' };
  const context = { ...testContext(milliseconds), clientContext: { custom } };
  return JSON.parse(JSON.stringify(await handler(event, context as unknown as Parameters<Handler>[1])));
}

/** Of an account that the servers of a bridge are called as. */
export const IDENTITY: Identity = {
  account: '111111111111',
  accessKeyId: 'ASIAEXAMPLE',
  credentials: async () => ({
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'session',
    expiration: new Date(Date.now() + 3_600_000),
  }),
};
