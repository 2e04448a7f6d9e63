import { describe, expect, it } from 'vitest';
import { dimensionMap } from '../../../shared/aws/cloudwatch.ts';
import { rdsQuery } from '../../../shared/aws/rds.ts';
import { nameTag, tagMap } from '../../../shared/aws/tags.ts';

describe('tags', () => {
  it('are a map, in either of the spellings of AWS', () => {
    expect(
      tagMap([
        { Key: 'a', Value: 'b' },
        { key: 'c', value: 'd' },
      ]),
    ).toEqual({ a: 'b', c: 'd' });
    expect(tagMap([{ Key: 'a', Value: '' }, { key: 'c' }])).toEqual({ a: '', c: '' });
    expect(tagMap([{ Value: 'b' }])).toEqual({ '': 'b' });
  });

  it('are absent where there are none', () => {
    expect([tagMap([]), tagMap(undefined)]).toEqual([undefined, undefined]);
  });

  it('name a resource by the tag Name, where it says anything', () => {
    expect(
      nameTag([
        { Key: 'name', Value: 'x' },
        { Key: 'Name', Value: 'api' },
      ]),
    ).toBe('api');
    expect([nameTag([{ Key: 'Name', Value: '' }]), nameTag([]), nameTag(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('dimensions', () => {
  it('are a map, absent where there are none', () => {
    expect(
      dimensionMap([
        { Name: 'a', Value: 'b' },
        { Name: undefined, Value: undefined },
      ]),
    ).toEqual({ a: 'b', '': '' });
    expect([dimensionMap([]), dimensionMap(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('what RDS is asked', () => {
  const Filters = [{ Name: 'db-instance-id', Values: ['x'] }];

  it('has the engine among the filters', () => {
    const page = { token: 'm', size: 50 };
    expect(rdsQuery({}, page)).toEqual({ Filters: [], MaxRecords: 50, Marker: 'm' });
    expect(rdsQuery({ filters: Filters }, page).Filters).toEqual(Filters);
    expect(rdsQuery({ filters: Filters, engine: 'mysql' }, page).Filters).toEqual([
      ...Filters,
      { Name: 'engine', Values: ['mysql'] },
    ]);
  });

  it('stays within the pages of RDS', () => {
    expect([1, 20, 100, 101].map((size) => rdsQuery({}, { token: undefined, size }).MaxRecords)).toEqual([
      20, 20, 100, 100,
    ]);
  });
});
