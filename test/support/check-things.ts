import * as z from 'zod';
import { defineTool } from '../../schemas/define-tool.ts';
import { checkAnswer, checkInput } from '../../schemas/security-check.ts';
import { checkHandler } from '../../shared/security/check-handler.ts';
import type { CheckedService } from '../../shared/security/service.ts';
import { testContext } from './configuration.ts';

/** A check like those of the catalog, for what is the same around all of them. */
const checkThings = defineTool({
  name: 'CheckThings',
  toolset: 'security',
  description: 'Things.',
  input: z.strictObject({
    ...checkInput(['alpha', 'beta']),
    faults_only: z.boolean().default(false).describe('Faults.'),
  }),
  output: checkAnswer(),
  iam: [],
  example: { input: {}, output: {} as never },
});

export type ThingsAnswer = z.output<typeof checkThings.output.answer> & {
  error?: { code: string; message: string; field?: string };
};

/** Checks the things of these services: everywhere, unless the event says where. */
export async function checkAll(
  services: readonly CheckedService[],
  event: object = {},
  milliseconds?: number,
): Promise<ThingsAnswer> {
  const handler = checkHandler(checkThings, services, 'faults_only');
  const answer = await handler({ account_id: 'all', region: 'all', ...event }, testContext(milliseconds));
  return JSON.parse(JSON.stringify(answer));
}
