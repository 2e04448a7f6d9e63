import { ListGatewaysCommand, ListGatewayTargetsCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import { beforeEach, expect, test } from 'vitest';
import { apply, planFor } from '../../scripts/gateway/apply.ts';
import { isEmpty } from '../../scripts/gateway/plan.ts';
import { errorText } from '../../scripts/gateway/problem.ts';
import type { WireAnswer } from '../../scripts/local/simulator/call.ts';
import { desiredFor, tools } from '../scripts/gateway/desired-fixture.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';
import { benchFor, type TestBench } from './gateway-bench.ts';

const service = 'bedrock-agentcore-control';

describeSimulated('faults while applying', () => {
  const aws = useSimulator();
  beforeEach(() => aws().reset());

  /** What AWS has, and whether the state file says the same. */
  async function truth({ control, state }: TestBench) {
    const { items: gateways = [] } = await control.send(new ListGatewaysCommand({}));
    const gatewayIdentifier = gateways[0]?.gatewayId;
    const { items: targets = [] } = await control.send(new ListGatewayTargetsCommand({ gatewayIdentifier }));
    const file = state.read();
    const onFile = Object.entries(file?.targets ?? {}).map(([name, { id }]) => `${name} ${id}`);
    expect(file?.gateway?.id).toBe(gatewayIdentifier);
    expect(onFile.sort()).toEqual(targets.map(({ name, targetId }) => `${name} ${targetId}`).sort());
    return { gateways: gateways.length, targets: targets.map(({ name }) => name) };
  }

  /** The next apply finishes: one gateway, every target once, nothing left to do. */
  async function finishes(bench: TestBench) {
    aws().rules.clear();
    const { desired } = desiredFor();
    await apply(desired, bench);
    const { gateways, targets } = await truth(bench);
    expect(gateways).toBe(1);
    expect(targets.sort()).toEqual(desired.targets.map(({ name }) => name).sort());
    expect(isEmpty((await planFor(desired, bench)).plan)).toBe(true);
  }

  const failing = (bench: TestBench) => apply(desiredFor().desired, bench).then(() => 'applied', errorText);

  /** The status of the resource's answers, as AWS would say it. */
  function withStatus(status: string, statusReasons: string[], name?: string) {
    return (answer: WireAnswer): WireAnswer => {
      const body = JSON.parse(answer.body.toString()) as { name?: string };
      if (name !== undefined && body.name !== name) return answer;
      return { ...answer, body: Buffer.from(JSON.stringify({ ...body, status, statusReasons })) };
    };
  }

  test('throttling is waited out', async () => {
    for (const operation of [
      'ListGateways',
      'CreateGateway',
      'GetGateway',
      'CreateGatewayTarget',
      'GetGatewayTarget',
    ]) {
      aws().rules.add({ match: { service, operation }, fault: 'throttled', times: 1 });
    }
    await finishes(benchFor(aws()));
  });

  test('an access denial in the middle: the rest is done, the error says what and how', async () => {
    const bench = benchFor(aws());
    let calls = 0;
    aws().rules.add({
      match: { service, operation: 'CreateGatewayTarget' },
      transform: (answer) => {
        calls += 1;
        return answer;
      },
      times: 3,
    });
    aws().rules.add({ match: { service, operation: 'CreateGatewayTarget' }, fault: 'access_denied', times: 2 });
    const message = await failing(bench);
    expect(calls).toBe(3);
    expect(message).toMatch(/^2 of 7 targets could not be applied; the others are done/);
    expect(message).toContain('AccessDeniedException');
    expect(message).toContain('Fix: Allow your identity this action');
    expect((await truth(bench)).targets).toHaveLength(tools.length - 2);
    await finishes(bench);
  });

  test('no right to make the gateway: nothing is made and no state written', async () => {
    const bench = benchFor(aws());
    aws().rules.add({ match: { service, operation: 'CreateGateway' }, fault: 'access_denied' });
    expect(await failing(bench)).toContain('bedrock-agentcore:CreateGateway');
    expect(bench.state.read()).toBeUndefined();
    await finishes(bench);
  });

  test('a target that goes FAILED is told with its reasons, and made anew by the next apply', async () => {
    const bench = benchFor(aws());
    const reasons = ['The function does not exist.'];
    aws().rules.add({
      match: { service, operation: 'GetGatewayTarget' },
      transform: withStatus('FAILED', reasons, 'switch-account'),
    });
    const message = await failing(bench);
    expect(message).toContain('target switch-account: FAILED: The function does not exist.');
    expect(bench.state.read()?.targets['switch-account']?.status).toBe('FAILED');
    const before = bench.state.read()?.targets['switch-account']?.id;
    // It says FAILED still, to the plan and to the update; then the new one is READY.
    aws().rules.clear();
    aws().rules.add({
      match: { service, operation: 'GetGatewayTarget' },
      transform: (answer) =>
        answer.body.toString().includes(before ?? '') && answer.status === 200
          ? withStatus('FAILED', reasons)(answer)
          : answer,
    });
    await apply(desiredFor().desired, bench);
    expect(bench.state.read()?.targets['switch-account']?.id).not.toBe(before);
    await finishes(bench);
  });

  test('a gateway that goes FAILED is told with its reasons', async () => {
    const bench = benchFor(aws());
    aws().rules.add({
      match: { service, operation: 'GetGateway' },
      transform: withStatus('FAILED', ['The role cannot be assumed.']),
    });
    expect(await failing(bench)).toContain('FAILED: The role cannot be assumed.');
    expect(bench.state.read()?.gateway?.status).toBe('FAILED');
    await finishes(bench);
  });

  test('one that stays CREATING ends with the time it took; the next apply waits on and makes no second', async () => {
    const bench = { ...benchFor(aws()), pace: { intervalMs: 5, timeoutMs: 60 } };
    aws().rules.add({ match: { service, operation: 'GetGateway' }, transform: withStatus('CREATING', []) });
    expect(await failing(bench)).toContain('is still CREATING');
    await finishes({ ...bench, pace: { intervalMs: 5, timeoutMs: 2_000 } });
    expect(bench.sent.filter(({ operation }) => operation === 'CreateGateway')).toHaveLength(1);
  });

  test('a conflict over a gateway or target that somebody else just made: it is taken over', async () => {
    const [first, second] = [benchFor(aws()), benchFor(aws())];
    const { desired } = desiredFor();
    await apply(desired, first);
    // The second reads before the first has made anything, and AWS refuses a second one of the name.
    const conflict = { code: 'ConflictException', message: 'already exists', status: 409 };
    aws().rules.add({ match: { service, operation: 'CreateGateway' }, fault: conflict });
    aws().rules.add({ match: { service, operation: 'CreateGatewayTarget' }, fault: conflict });
    const nothing = { status: 200, headers: { 'content-type': 'application/json' } };
    const empty = (answer: WireAnswer) => ({ ...answer, ...nothing, body: Buffer.from('{"items":[]}') });
    aws().rules.add({ match: { service, operation: 'ListGateways' }, transform: empty, times: 1 });
    await apply(desired, second);
    expect(second.state.read()?.gateway?.id).toBe(first.state.read()?.gateway?.id);
    await finishes(second);
  });

  test('a conflict over a resource that is being changed is waited out', async () => {
    const bench = benchFor(aws());
    await apply(desiredFor().desired, bench);
    const conflict = { code: 'ConflictException', message: 'is being updated', status: 409 };
    aws().rules.add({ match: { service, operation: 'UpdateGatewayTarget' }, fault: conflict, times: 2 });
    const { desired } = desiredFor();
    const changed = desired.targets.map((target, index) =>
      index === 0 ? { ...target, description: 'Central Ops: other words.' } : target,
    );
    await apply({ ...desired, targets: changed }, bench);
    expect(isEmpty((await planFor({ ...desired, targets: changed }, bench)).plan)).toBe(true);
  });

  test('an apply that dies between AWS and the state file: found again by name', async () => {
    const bench = benchFor(aws());
    const died = new Error('killed');
    const { state } = bench;
    const update = state.update.bind(state);
    let writes = 0;
    state.update = (...args: Parameters<typeof update>) => {
      writes += 1;
      if (writes > 5) throw died;
      return update(...args);
    };
    await failing(bench);
    state.update = update;
    await finishes(bench);
  });

  test('the connection lost after AWS took the create: the SDK sends the same token again', async () => {
    const bench = benchFor(aws());
    aws().rules.add({ match: { service, operation: 'CreateGatewayTarget' }, fault: 'reset', times: 1 });
    await apply(desiredFor().desired, bench);
    const tokens = bench.sent
      .filter(({ operation }) => operation === 'CreateGatewayTarget')
      .map(({ params }) => params.clientToken);
    expect(new Set(tokens).size).toBe(tools.length);
    expect(tokens.every((token) => String(token).length >= 33)).toBe(true);
    await finishes(bench);
  });
});
