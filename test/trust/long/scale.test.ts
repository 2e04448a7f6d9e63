import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import { type Demo, startDemo } from '../../../scripts/local/demo.ts';
import { demoEvent } from '../../../scripts/local/estate/demo-events.ts';
import { invokeFunction, onLogLine } from '../../../scripts/local/functions.ts';
import { type Gateway, startGateway } from '../../../scripts/local/gateway/gateway.ts';
import { tokensOf } from '../../../scripts/tokens.ts';
import { simulation } from '../../support/estate.ts';

describe.skipIf('unavailable' in simulation)('an organization of ten times the resources', () => {
  let demo: Demo;
  let gateway: Gateway;
  beforeAll(async () => {
    demo = await startDemo({ scale: 10 });
    for (const [name, value] of Object.entries(demo.environment)) vi.stubEnv(name, value);
    onLogLine(() => {});
    gateway = await startGateway({});
    vi.stubEnv('CENTRAL_OPS_INVOKE_ENDPOINT', new URL(gateway.url).origin);
  }, 240_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await gateway?.stop();
    await demo?.stop();
  });

  it.each(catalog.map((tool) => [tool.name, tool] as const))(
    '%s still answers within 5,000 tokens',
    async (_, tool) => {
      const { payload } = await invokeFunction(tool, demoEvent(tool, demo.estate));
      expect(payload).not.toHaveProperty('error');
      expect(tokensOf(payload)).toBeLessThanOrEqual(5_000);
    },
  );
});
