import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listOf } from '../../schemas/define-tool.ts';
import { ToolError } from '../../shared/errors.ts';
import { selectFields } from '../../shared/item-fields.ts';

const output = listOf(
  'thing',
  'things',
  { Name: z.string(), State: z.string(), Tags: z.record(z.string(), z.string()) },
  { Detail: z.string() },
);

const thing = { Name: 'one', State: 'on', Tags: { a: 'b' }, Detail: 'much', Secret: 'CANARY' };

function refusal(asked: readonly string[]): ToolError {
  try {
    selectFields(output, asked);
  } catch (error) {
    return error as ToolError;
  }
  throw new Error('The fields were accepted.');
}

describe('selectFields', () => {
  it('gives the default fields when none are named: what is on request stays out', () => {
    expect(selectFields(output, undefined).of(thing)).toEqual({ Name: 'one', State: 'on', Tags: { a: 'b' } });
  });

  it('gives exactly the named fields, those on request too', () => {
    expect(selectFields(output, ['Detail', 'Name']).of(thing)).toEqual({ Name: 'one', Detail: 'much' });
    expect(selectFields(output, ['Name', 'Name']).of(thing)).toEqual({ Name: 'one' });
  });

  it('gives an empty item for an empty list, and for an item that has none of the fields', () => {
    expect(selectFields(output, []).of(thing)).toEqual({});
    expect(selectFields(output, ['Detail']).of({ Name: 'one' })).toEqual({});
    expect(selectFields(output, undefined).of({})).toEqual({});
  });

  it('refuses an unknown field and names the valid ones', () => {
    const error = refusal(['Name', 'Nope']);
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({ code: 'invalid_input', details: { field: 'fields' } });
    expect(error.message).toContain('"Nope"');
    expect(error.message).not.toContain('"Name"');
    for (const name of ['Name', 'State', 'Tags', 'Detail', 'AccountId', 'Region'])
      expect(error.message).toContain(name);
  });

  it('names all that is unknown, and leaves out of the valid ones what an answer adds by itself', () => {
    const declared = { item: z.strictObject({ Name: z.string(), State: z.string(), Truncated: z.string() }) };
    expect(() => selectFields({ ...output, ...declared } as never, ['a', 'Name', 'b'])).toThrow(
      'fields: unknown "a", "b". Valid fields: Name, State.',
    );
  });

  it.each(['Secret', 'name', '__proto__', 'constructor', 'toString', 'Tags.a', ''])('refuses %j', (name) => {
    expect(refusal([name]).code).toBe('invalid_input');
  });

  it('echoes little of what it refuses', () => {
    const { message } = refusal([...Array.from({ length: 100 }, (_, index) => `x${index}`), 'y'.repeat(5_000)]);
    expect(message).toContain('"x4"');
    expect(message).not.toContain('"x5"');
    expect(refusal(['y'.repeat(5_000)]).message.length).toBeLessThan(300);
  });

  it('lets no undeclared field of an item out', () => {
    const fields = selectFields(output, ['Name', 'State', 'Tags', 'Detail']);
    const item = { ...thing, Name: { Secret: 'CANARY' }, Tags: { a: 'b', c: ['CANARY'] }, AccountId: 7 };
    expect(fields.of(item)).toEqual({ State: 'on', Tags: { a: 'b' }, Detail: 'much' });
  });
});
