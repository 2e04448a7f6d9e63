import { expect, it } from 'vitest';
import type { EstateAccess } from './estate.ts';

/** Events that are refused by the name of the field at fault, before anything is asked of AWS. */
export function refusesBadInput(
  access: EstateAccess,
  ask: (event: object) => Promise<{ readonly error?: object | undefined }>,
  cases: readonly (readonly [field: string, event: object])[],
): void {
  it.each(cases)('refuses a bad %s without a call to AWS', async (field, event) => {
    expect((await ask(event)).error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });
}
