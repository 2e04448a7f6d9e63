import { describe, expect, it } from 'vitest';
import { Tally } from '../../../../shared/security/inventory/tally.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111111111111:${resource}`;

function typesOf(...arns: string[]): Record<string, number> {
  const tally = new Tally();
  for (const each of arns) tally.add(each);
  return tally.counts().resource_type_counts;
}

describe('Tally', () => {
  it.each([
    ['a type before a stroke', arn('ec2', 'instance/i-1'), 'ec2:instance'],
    ['a type before a colon', arn('lambda', 'function:checkout'), 'lambda:function'],
    [
      'a type before more of both',
      arn('elasticloadbalancing', 'loadbalancer/app/web/1:2'),
      'elasticloadbalancing:loadbalancer',
    ],
    ["API Gateway's leading stroke", 'arn:aws:apigateway:us-east-1::/restapis/abc', 'apigateway:restapis'],
    ['a name alone, of a bucket', 'arn:aws:s3:::checkout', 's3:bucket'],
    ['a name alone, of a topic', arn('sns', 'alerts'), 'sns:topic'],
    ['a name alone, of a queue', arn('sqs', 'jobs'), 'sqs:queue'],
    ['a name alone, of another service', arn('things', 'one'), 'things:resource'],
    ['no service', 'arn:aws::us-east-1:111111111111:thing/1', 'unknown:thing'],
    ['no ARN', '', 'unknown:resource'],
  ])('takes from an ARN %s', (_, given, type) => {
    expect(typesOf(given)).toEqual({ [type]: 1 });
  });

  it('takes the service and type that AWS names, with the service once', () => {
    const tally = new Tally();
    tally.add(arn('x', 'y/1'), 'ec2', 'ec2:volume');
    tally.add(arn('x', 'y/2'), 'ec2', 'volume');
    expect(tally.counts().resource_type_counts).toEqual({ 'ec2:volume': 2 });
  });

  it('shows what is invisible, and redacts an ARN as a whole before it is taken apart', () => {
    expect(typesOf(arn('e\u200bc2', 'in\u202estance/i-1'))).toEqual({ 'e\\u{200b}c2:in\\u{202e}stance': 1 });
    expect(JSON.stringify(typesOf(arn('x', 'see password: Winter4133!/1')))).not.toContain('Winter4133');
    const tally = new Tally();
    tally.add('', 'AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE');
    expect(JSON.stringify(tally.counts())).not.toContain('AKIA');
  });

  it('counts by service and type, the largest first, then by name', () => {
    const tally = new Tally();
    tally.addAll({ 'b:two': 2, 'a:two': 2, 'c:five': 5, 'a:one': 1 });
    tally.addAll({ 'a:one': 1 });
    const counts = tally.counts();
    expect(counts).toEqual({
      services: ['a', 'b', 'c'],
      service_counts: { c: 5, a: 4, b: 2 },
      resource_type_counts: { 'c:five': 5, 'a:one': 2, 'a:two': 2, 'b:two': 2 },
      total_resources: 11,
    });
    expect(Object.keys(counts.service_counts)).toEqual(['c', 'a', 'b']);
    expect(Object.keys(counts.resource_type_counts)).toEqual(['c:five', 'a:one', 'a:two', 'b:two']);
  });
});
