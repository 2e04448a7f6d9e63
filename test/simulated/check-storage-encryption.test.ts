import { expect, it } from 'vitest';
import { checkStorageEncryption } from '../../schemas/check-storage-encryption.ts';
import { describeEstate } from '../support/estate.ts';
import { tokensOf } from '../../scripts/tokens.ts';

describeEstate('CheckStorageEncryption', (access) => {
  it('probe', async () => {
    const answer = await access.call(checkStorageEncryption, { account_id: 'all', region: 'all' });
    console.log(JSON.stringify(answer, null, 1));
    console.log(tokensOf(answer));
    const n: Record<string, number> = {};
    for (const c of access.allCalls()) n[`${c.service} ${c.operation} ${c.errorCode ?? ''}`] = (n[`${c.service} ${c.operation} ${c.errorCode ?? ''}`] ?? 0) + 1;
    console.log(n);
    expect(answer).toBeDefined();
  });
});
