import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { onLogLine } from '../../scripts/local/functions.ts';
import { type Gateway, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { answerQuestions } from '../../scripts/readme/questions.ts';
import { replaceSection } from '../../scripts/readme/section.ts';
import { describeEstate } from '../support/estate.ts';

describeEstate('the README', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    onLogLine(() => {});
    gateway = await startGateway({});
    vi.stubEnv('CENTRAL_OPS_INVOKE_ENDPOINT', new URL(gateway.url).origin);
  });
  afterAll(() => gateway.stop());

  it('shows the answers that the demo organization gives (else: npm run readme)', async () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    expect(page).toBe(replaceSection(page, 'questions', await answerQuestions()));
  });
});
