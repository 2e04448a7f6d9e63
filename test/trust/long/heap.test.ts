import { expect, it, vi } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import { divertLog } from '../../../shared/logger.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';
import { ask, inFakeAws, invokeInProcess } from '../../support/in-fake-aws.ts';
import { markedAnswer } from '../../support/marked-answers.ts';
import { allFields, wideEvent } from '../../support/wide-event.ts';

// Logs and metrics as in Lambda: what they keep counts. They are set up when they are loaded.
vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'false' }));
let lines = 0;
divertLog(() => void lines++);

const ACCOUNTS = ['730000000001', '730000000002', '730000000003'];
const aws = inFakeAws({ accounts: ACCOUNTS, contextStore: { bucket: 'contexts', ttlHours: 1 } });

/** Every tool once, good and bad, in every account. */
async function everyTool(): Promise<number> {
  let calls = 0;
  for (const tool of catalog) {
    const good = { ...wideEvent(tool), ...allFields(tool) };
    const events = ACCOUNTS.map((account_id) =>
      Object.hasOwn(tool.input.shape, 'account_id') ? { ...good, account_id } : good,
    );
    await Promise.all([...events, { ...good, nonsense: crypto.randomUUID() }].map((event) => ask(tool, event)));
    calls += events.length + 1;
  }
  aws().requests.length = 0;
  return calls;
}

async function retained(): Promise<number> {
  // What is weakly held goes with the second collection.
  for (let time = 0; time < 4; time++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

it('4.9 1,000 further calls of every tool let the heap grow by less than 1 KB each, which no answer kept would allow', async () => {
  aws().answers = markedAnswer;
  invokeInProcess(aws());
  // Clients, sessions, compiled code: all that is kept on purpose is there after the first calls.
  for (let round = 0; round < 8; round++) await everyTool();
  const before = await retained();
  const linesBefore = lines;
  let calls = 0;
  for (let round = 0; round < 11; round++) calls += await everyTool();
  const grown = (await retained()) - before;
  console.info(`heap: ${Math.round(grown / 1_024)} KB after ${calls} calls, ${Math.round(grown / calls)} bytes each`);
  expect(lines - linesBefore, 'each call has written its line').toBeGreaterThanOrEqual(calls);
  expect(grown).toBeLessThan(calls * 1_024);
});
