import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../schemas/security-check.ts';
import { tokensOf } from '../../../scripts/tokens.ts';
import { ToolError } from '../../../shared/errors.ts';
import { controlsOn, fail, pass, type Resource } from '../../../shared/security/control.ts';
import type { Reading } from '../../../shared/security/reading.ts';
import { checkedService, type Reader } from '../../../shared/security/service.ts';
import { checkAll } from '../../support/check-things.ts';
import { useMockedAws } from '../../support/mock-aws.ts';
import { walk } from '../../support/walk.ts';
import { whenQuiet } from '../../support/when-quiet.ts';

interface Thing extends Resource {
  readonly Good: boolean;
}

/** A service with many controls, each with advice as long as it may be, that all judge the same things. */
function service(
  name: string,
  read: (cell: Reading) => Promise<Resource[]>,
  controls = 1,
  types = ['AWS::Some::Thing'],
) {
  const readers = types.map((type): Reader => ({ types: [type], read }));
  const all = Array.from({ length: controls }, (_, index) =>
    controlsOn<Thing>(
      name,
      ...types,
    )({
      id: `OPS.${name.toUpperCase()}.${index}`,
      title: `Things of the kind that is called ${name} hold to rule number ${index}`,
      severity: SEVERITIES[1 + (index % 4)] ?? 'LOW',
      fields: ['Good'],
      remediation: `Change the thing so that it holds to the rule; where that cannot be done, replace it (${index}).`,
      url: `https://docs.aws.amazon.com/securityhub/latest/userguide/${name}-controls.html#${name}-${index}`,
      judge: ({ Good }) => (Good ? pass('good') : fail('does not hold to the rule')),
    }),
  );
  return checkedService(name, readers, all);
}

const things =
  (count: number, Good = false) =>
  async () =>
    Array.from(
      { length: count },
      (_, index): Thing => ({
        type: 'AWS::Some::Thing',
        id: `thing-${String(index).padStart(5, '0')}`,
        Good,
      }),
    );

describe('a check', () => {
  useMockedAws({ accounts: Array.from({ length: 20 }, (_, index) => `1111111111${String(index).padStart(2, '0')}`) });

  it('stays within 5,000 tokens when 40 controls fail everywhere and every cell has a fault, and still gives details', async () => {
    const denied = new ToolError('access_denied', 'other:DescribeThings is denied in this account. Grant it.');
    const broken = service('beta', () => Promise.reject(denied), 1);
    const answer = await checkAll([service('alpha', things(50), 40), broken]);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(answer.controls).toHaveLength(41);
    expect(answer.recommendations[0]).toMatch(/^OPS\.ALPHA\.11: /);
    expect(answer.recommendations.at(-1)).toBe(
      `For ${41 - answer.recommendations.length} more controls, ask for fewer services or a higher min_severity.`,
    );
    expect(answer.resource_details.length).toBeGreaterThan(0);
    expect(answer.failures?.length).toBeGreaterThan(0);
    expect(answer).toMatchObject({ resources_checked: 2_040, non_compliant_resources: 2_000, unknown_resources: 40 });
    expect(answer.checks).toEqual({ pass: 0, fail: 80_000, info: 0, unknown: 40 });
  });

  it('stays within 64 KB when more details are asked for, and walks to the end of all of them', async () => {
    const services = [service('alpha', things(100))];
    const answers = await walk((event) => checkAll(services, event), { max_results: 1_000 });
    for (const answer of answers) expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(64 * 1_024);
    const details = answers.flatMap(({ resource_details }) => resource_details);
    const seen = new Set(details.map(({ AccountId, Region, id }) => `${AccountId} ${Region} ${id}`));
    expect(seen.size).toBe(4_000);
  });

  it('asks 32 services of cells side by side, with all types of each', async () => {
    let calls = 0;
    let inFlight = 0;
    const peaks: number[] = [];
    const quiet = whenQuiet();
    const slow = async () => {
      for (let page = 0; page < 2; page++) {
        calls++;
        inFlight++;
        await quiet();
        peaks.push(inFlight--);
      }
      return things(3, true)();
    };
    const types = ['AWS::Some::Thing', 'AWS::Some::Other', 'AWS::Some::Third'];
    await checkAll([service('alpha', slow, 1, types), service('beta', slow, 1, types)]);
    expect(calls).toBe(20 * 2 * 2 * 3 * 2);
    expect(Math.max(...peaks)).toBe(32 * types.length);
  });

  it('counts what arrived before the deadline, and says that the rest is unknown', async () => {
    const hang = () => new Promise<never>(() => {});
    const account_id = '111111111100,111111111101';
    const answer = await checkAll([service('alpha', things(1, true)), service('beta', hang)], { account_id }, 1_500);
    expect(answer.compliance_by_service.alpha).toMatchObject({ resources_checked: 4, compliant_resources: 4 });
    expect(answer.compliance_by_service.beta).toMatchObject({ resources_checked: 4, unknown_resources: 4 });
    expect(answer.complete).toBe(false);
    expect(new Set(answer.failures?.map(({ code }) => code))).toEqual(new Set(['timeout']));
  });

  it('tells an account without any resources from one that could not be read', async () => {
    const answer = await checkAll([service('alpha', things(0))]);
    expect(answer).toMatchObject({ resources_checked: 0, unknown_resources: 0, complete: true });
    expect(answer.compliance_by_service).toEqual({
      alpha: {
        resources_checked: 0,
        compliant_resources: 0,
        non_compliant_resources: 0,
        info_resources: 0,
        unknown_resources: 0,
      },
    });
  });

  it('refuses a cursor of other arguments', async () => {
    const { next_token } = await checkAll([service('alpha', things(50))]);
    expect(next_token).toBeDefined();
    const other = await checkAll([service('alpha', things(50))], { services: ['alpha'], next_token });
    expect(other.error).toMatchObject({ code: 'invalid_input', field: 'next_token' });
  });
});
