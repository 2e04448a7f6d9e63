import { describe, expect, it } from 'vitest';
import { comparedControls } from '../../../scripts/bench/peers/security/controls.ts';
import { type Failing, judge, judgeByControl } from '../../../scripts/bench/peers/security/judge.ts';

const failing = (resource: string, control = 'EC2.3', region = 'us-east-1'): Failing => ({
  ...{ control, accountId: '111122223333', region, resource },
});

describe('the comparison of security checks', () => {
  it('counts what was found, missed and false, each once', () => {
    const truth = [failing('vol-1'), failing('vol-2')];
    const answer = [failing('vol-1'), failing('vol-1'), failing('vol-9')];
    expect(judge(truth, answer)).toEqual({
      expected: 2,
      found: 1,
      wrong: 1,
      missed: [failing('vol-2')],
      false: [failing('vol-9')],
    });
  });

  it('takes a resource of another Region for another one', () => {
    const { found, wrong } = judge([failing('account')], [failing('account', 'EC2.3', 'eu-west-1')]);
    expect({ found, wrong }).toEqual({ found: 0, wrong: 1 });
  });

  it('judges each control by itself', () => {
    const judged = judgeByControl(
      [failing('vol-1'), failing('b', 'S3.8')],
      [failing('vol-1'), failing('vol-1', 'EC2.7')],
    );
    const counts = [...judged].map(([id, { expected, found, wrong }]) => [id, expected, found, wrong]);
    expect(counts).toEqual([
      ['EC2.3', 1, 1, 0],
      ['EC2.7', 0, 0, 1],
      ['S3.8', 1, 0, 0],
    ]);
  });

  it('names each control once, with a reason', () => {
    const ids = comparedControls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(comparedControls.filter(({ reason }) => reason === '')).toEqual([]);
  });
});
