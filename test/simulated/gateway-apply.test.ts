import { readFileSync } from 'node:fs';
import {
  DeleteGatewayTargetCommand,
  ListGatewaysCommand,
  ListGatewayTargetsCommand,
  UpdateGatewayTargetCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { beforeEach, expect, test } from 'vitest';
import { apply, planFor } from '../../scripts/gateway/apply.ts';
import { destroy, observeForDestroy } from '../../scripts/gateway/destroy.ts';
import { isEmpty } from '../../scripts/gateway/plan.ts';
import { desiredFor, tools } from '../scripts/gateway/desired-fixture.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';
import { benchFor, type TestBench } from './gateway-bench.ts';

// moto differs from AWS: IDs are ten hex digits without the name, URLs end without /mcp, names may repeat, and a gateway
// can be deleted with its targets. Nothing here leans on any of it.
describeSimulated('registration at the control plane', () => {
  const aws = useSimulator();
  beforeEach(() => aws().reset());

  const operations = ({ sent }: TestBench) => sent.map(({ operation }) => operation);
  const targetNames = async ({ control, state }: TestBench) => {
    const { items = [] } = await control.send(
      new ListGatewayTargetsCommand({ gatewayIdentifier: state.read()?.gateway?.id ?? '' }),
    );
    return items.map(({ name }) => name).sort();
  };

  test('makes the gateway, then the targets; applied again it writes nothing', async () => {
    const bench = benchFor(aws());
    const { desired } = desiredFor();
    const { plan } = await apply(desired, bench);
    expect([plan.gateway.action, ...plan.targets.map(({ action }) => action)]).toEqual(Array(8).fill('create'));
    expect(operations(bench)).toEqual(['CreateGateway', ...Array(7).fill('CreateGatewayTarget')]);
    const state = bench.state.read();
    expect(state?.gateway).toMatchObject({ name: 'central-ops', status: 'READY', authorizerType: 'AWS_IAM' });
    expect(Object.keys(state?.targets ?? {}).sort()).toEqual(await targetNames(bench));
    expect(state?.targets['list-accounts']).toMatchObject({
      type: 'lambda',
      status: 'READY',
      functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:central-ops-list-accounts',
      tools: ['list-accounts___list_accounts'],
    });
    bench.sent.length = 0;
    const again = await apply(desired, bench);
    expect(isEmpty(again.plan)).toBe(true);
    expect(operations(bench)).toEqual([]);
  });

  test('at most 5 targets are worked on at once', async () => {
    const bench = benchFor(aws());
    aws().rules.add({ match: { operation: 'CreateGatewayTarget' }, latencyMs: 50 });
    await apply(desiredFor().desired, bench);
    expect(bench.most.atOnce).toBe(5);
  });

  test('plan names what drifted, and apply mends that alone', async () => {
    const bench = benchFor(aws());
    const { desired } = desiredFor();
    await apply(desired, bench);
    const { id = '' } = bench.state.read()?.targets['list-accounts'] ?? {};
    await bench.control.send(
      new UpdateGatewayTargetCommand({
        gatewayIdentifier: bench.state.read()?.gateway?.id,
        targetId: id,
        name: 'list-accounts',
        description: 'changed by hand',
        targetConfiguration: {
          mcp: {
            lambda: {
              lambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:other',
              toolSchema: { inlinePayload: [] },
            },
          },
        },
        metadataConfiguration: { allowedRequestHeaders: ['x-tenant'] },
      }),
    );
    bench.sent.length = 0;
    const { plan } = await planFor(desired, bench);
    const changed = plan.targets.filter(({ action }) => action !== 'unchanged');
    expect(
      changed.map(({ name, action, differences }) => [name, action, differences.map(({ field }) => field)]),
    ).toEqual([['list-accounts', 'update', ['description', 'functionArn', 'schema']]]);
    expect(operations(bench)).toEqual([]);
    await apply(desired, bench);
    expect(operations(bench)).toEqual(['UpdateGatewayTarget']);
    // Get, merge, put: what others set stays.
    expect(bench.sent[0]?.params.metadataConfiguration).toEqual({ allowedRequestHeaders: ['x-tenant'] });
    expect(isEmpty((await planFor(desired, bench)).plan)).toBe(true);
  });

  test('a lost state file is made anew by name, and nothing is created twice', async () => {
    const bench = benchFor(aws());
    const { desired } = desiredFor();
    await apply(desired, bench);
    const before = bench.state.read();
    bench.state.remove();
    bench.sent.length = 0;
    await apply(desired, bench);
    expect(operations(bench)).toEqual([]);
    expect(bench.state.read()).toMatchObject({ gateway: before?.gateway, targets: before?.targets });
  });

  test('a state file of a gateway that somebody deleted leads to a new one', async () => {
    const bench = benchFor(aws());
    const { desired } = desiredFor();
    await apply(desired, bench);
    const old = bench.state.read()?.gateway?.id;
    await destroy('central-ops', await observeForDestroy('central-ops', bench), {
      ...benchFor(aws()),
      control: bench.control,
    });
    await apply(desired, bench);
    expect(bench.state.read()?.gateway?.id).not.toBe(old);
    expect(await targetNames(bench)).toHaveLength(tools.length);
  });

  test('targets that are no longer wanted go, foreign ones stay', async () => {
    const bench = benchFor(aws());
    await apply(desiredFor().desired, bench);
    const foreign = desiredFor({}, tools.slice(0, 1)).desired.targets.map((target) => ({
      ...target,
      name: 'hand-made',
      description: 'made by hand',
    }));
    const { createTarget } = await import('../../scripts/gateway/apply-targets.ts');
    for (const target of foreign) await createTarget(target, bench.state.read()?.gateway?.id ?? '', benchFor(aws()));
    bench.sent.length = 0;
    // Without the state file too: then the description tells whose a target is.
    bench.state.remove();
    const { plan } = await apply(desiredFor({}, tools.slice(0, 6)).desired, bench);
    expect(
      plan.targets.filter(({ action }) => action !== 'unchanged').map(({ name, action }) => [name, action]),
    ).toEqual([
      [expect.any(String), 'delete'],
      ['hand-made', 'foreign'],
    ]);
    expect(operations(bench)).toEqual(['DeleteGatewayTarget']);
    expect(await targetNames(bench)).toContain('hand-made');
  });

  test('debug level, instructions and search: updated where AWS allows it, refused where not', async () => {
    const bench = benchFor(aws());
    await apply(desiredFor({ debug: true, instructions: 'Start with list_accounts.' }).desired, bench);
    await apply(desiredFor().desired, bench);
    // A field left out turns it off at AWS; moto would keep it, so the request is looked at.
    const { params } = bench.sent.at(-1) ?? {};
    expect(params).toMatchObject({ name: 'central-ops', authorizerType: 'AWS_IAM' });
    expect(params).not.toHaveProperty('exceptionLevel');
    expect(params).not.toHaveProperty('protocolConfiguration.mcp.instructions');
    bench.sent.length = 0;
    await expect(apply(desiredFor({ search: true }).desired, bench)).rejects.toThrow(/chosen at creation/);
    await expect(apply(desiredFor({ authorizer: 'NONE' }).desired, bench)).rejects.toThrow(
      /does not change an authorizer/,
    );
    expect(operations(bench)).toEqual([]);
  });

  test('protocol versions can be taken away and not added', async () => {
    const bench = benchFor(aws());
    const versions = (...protocolVersions: string[]) =>
      apply(desiredFor({ protocolVersions }).desired, bench, { explicitVersions: true });
    await versions('2025-06-18', '2025-11-25');
    await versions('2025-11-25');
    await expect(versions('2025-11-25', '2026-07-28')).rejects.toThrow('AWS adds no protocol versions');
    // A configuration that names none keeps those that are there.
    expect(isEmpty((await apply(desiredFor().desired, bench)).plan)).toBe(true);
  });

  test('destroy deletes the targets, then the gateway, and may be repeated', async () => {
    const bench = benchFor(aws());
    await apply(desiredFor().desired, bench);
    bench.sent.length = 0;
    const observed = await observeForDestroy('central-ops', bench);
    await destroy('central-ops', observed, bench);
    expect(operations(bench)).toEqual([...Array(7).fill('DeleteGatewayTarget'), 'DeleteGateway']);
    expect((await bench.control.send(new ListGatewaysCommand({}))).items).toEqual([]);
    expect(bench.state.read()).toMatchObject({ targets: {} });
    expect(bench.state.read()?.gateway).toBeUndefined();
    await destroy('central-ops', observed, bench);
  });

  test('a target that somebody deletes meanwhile does not stop destroy', async () => {
    const bench = benchFor(aws());
    await apply(desiredFor().desired, bench);
    const observed = await observeForDestroy('central-ops', bench);
    const gatewayIdentifier = observed.gateway?.gatewayId;
    await bench.control.send(
      new DeleteGatewayTargetCommand({ gatewayIdentifier, targetId: observed.targets[0]?.targetId }),
    );
    await destroy('central-ops', observed, bench);
    expect((await bench.control.send(new ListGatewaysCommand({}))).items).toEqual([]);
  });

  test('the state file holds nothing that it has no name for', async () => {
    const bench = benchFor(aws());
    bench.state.update('us-east-1', (state) => {
      Object.assign(state, { clientSecret: 'hush' });
      state.cognito = Object.assign(
        { userPoolId: 'p', clientId: 'c', domain: 'd', discoveryUrl: 'u', tokenEndpoint: 't', scope: 's' },
        { clientSecret: 'hush' },
      );
    });
    expect(readFileSync(bench.state.path, 'utf8')).not.toContain('hush');
  });
});
