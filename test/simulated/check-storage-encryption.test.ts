import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkStorageEncryption } from '../../schemas/check-storage-encryption.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate } from '../support/estate.ts';

describeEstate('CheckStorageEncryption', (access) => {
  it('probe', async () => {
    const t = Date.now();
    const answer = await access.call(checkStorageEncryption, { account_id: 'all', region: 'all', max_results: 1000 });
    const ms = Date.now() - t;
    const n: Record<string, number> = {};
    for (const c of access.allCalls())
      n[`${c.service} ${c.operation} ${c.errorCode ?? ''}`] =
        (n[`${c.service} ${c.operation} ${c.errorCode ?? ''}`] ?? 0) + 1;
    const dflt = await access.call(checkStorageEncryption, { account_id: 'all', region: 'all' });
    writeFileSync(
      '/tmp/probe.json',
      JSON.stringify({ ms, tokens: tokensOf(answer), dtokens: tokensOf(dflt), n, answer }, null, 1),
    );
    expect(answer).toBeDefined();
  });
});
