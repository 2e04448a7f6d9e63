import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, expect, test } from 'vitest';
import { type Discovered, textOf, withDigest } from '../../scripts/bridges/discovered-file.ts';
import { hubRole } from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

const CLI = join(import.meta.dirname, '../../scripts/gateway/gateway.ts');
const EVERYTHING = {
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-everything', 'stdio'],
  tools: ['echo', 'get-sum'],
};

describeSimulated('npm run gateway with a bridge, against the simulated control plane', () => {
  const aws = useSimulator();
  let folder = '';

  beforeEach(async () => {
    await aws().reset();
    folder = mkdtempSync(join(tmpdir(), 'central-ops-cli-'));
    const configuration = {
      regions: ['us-east-1'],
      accounts: ['222233334444'],
      toolsets: ['bridge'],
      bridges: { servers: 'mcp-servers.json' },
    };
    writeFileSync(join(folder, 'central-ops.json'), JSON.stringify(configuration));
    writeFileSync(join(folder, 'mcp-servers.json'), JSON.stringify({ mcpServers: { everything: EVERYTHING } }));
    return () => rmSync(folder, { recursive: true, force: true });
  });

  const discoveredPath = () => join(folder, 'generated', 'bridges', 'everything.json');

  async function deploy(): Promise<void> {
    await new LambdaClient(aws().asAccount(aws().hubAccount)).send(
      new CreateFunctionCommand({
        FunctionName: 'central-ops-mcp-everything',
        Runtime: 'nodejs24.x',
        Role: hubRole,
        Handler: 'index.handler',
        Code: { ZipFile: Buffer.from('zip') },
      }),
    );
  }

  function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const state = args[0] === 'discover' ? [] : ['--state-file', join(folder, 'agent-state.json')];
    const all = [CLI, ...args, '--config-file', join(folder, 'central-ops.json'), ...state];
    const env = { ...process.env, ...aws().environment(), NO_COLOR: '1' };
    return new Promise((resolve) => {
      execFile(process.execPath, all, { env }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  }

  test('discover, plan, apply; nothing to change afterwards', async () => {
    const early = await run('plan');
    expect([early.code, early.err]).toEqual([
      1,
      expect.stringContaining('Run npm run gateway -- discover everything.'),
    ]);
    const unchecked = await run('discover', '--check');
    expect([unchecked.code, unchecked.err]).toEqual([
      1,
      expect.stringContaining('differs from what is offered: everything'),
    ]);
    expect(existsSync(discoveredPath())).toBe(false);
    const discovered = await run('discover', 'everything');
    expect([discovered.code, discovered.err]).toEqual([0, '']);
    expect(discovered.out).toMatch(/server: mcp-servers\/everything/);
    expect((await run('discover', '--check')).code).toBe(0);
    expect((await run('discover', 'nobody')).err).toContain('there is no bridge nobody');
    const undeployed = await run('plan', '--no-discover');
    expect([undeployed.code, undeployed.err]).toEqual([
      1,
      expect.stringContaining('its function is not deployed in us-east-1'),
    ]);
    await deploy();
    const plan = await run('plan');
    expect(plan.out).toContain('+ create    target everything');
    expect(plan.out).not.toContain('drift');
    expect((await run('apply', '--no-check')).code).toBe(0);
    expect((await run('apply', '--no-check')).out).toContain('Nothing to change');
  });

  test('drift stands in the plan, and only there; a server that is away does not stop it', async () => {
    await run('discover');
    await deploy();
    const { digest: _digest, ...found } = JSON.parse(readFileSync(discoveredPath(), 'utf8')) as Discovered;
    const then = { ...found, others: [...found.others.filter((name) => name !== 'get-env'), 'withdrawn'] };
    writeFileSync(discoveredPath(), textOf(withDigest(then)));
    const line = '! drift     everything: added get-env; removed withdrawn.';
    expect((await run('plan')).out).toContain(line);
    expect((await run('plan', '--no-discover')).out).not.toContain('drift');
    expect(JSON.parse((await run('plan', '--json')).out)).toMatchObject({
      drift: [{ bridge: 'everything', added: ['get-env'], removed: ['withdrawn'], changed: [] }],
    });
    const away = { ...EVERYTHING, command: 'no-such-program' };
    writeFileSync(join(folder, 'mcp-servers.json'), JSON.stringify({ mcpServers: { everything: away } }));
    const blind = await run('plan');
    expect([blind.code, blind.err]).toEqual([0, '']);
    expect(blind.out).toMatch(/\? drift {5}everything: not known, .*ENOENT/);
  });
});
