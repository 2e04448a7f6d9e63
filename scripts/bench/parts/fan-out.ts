import { MAX_SOCKETS } from '../../../shared/aws-clients.ts';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { median } from '../statistics.ts';
import { type FirstAnswer, start } from '../subject.ts';

const everything = { account_id: 'all', region: 'all' };
const CELLS = 400;

interface Run {
  readonly ms: number;
  readonly memoryMb: number;
  readonly assumeRole: number;
  readonly describeInstances: number;
  readonly inFlight: number;
  readonly sockets: number;
  /** Different instances in the answer. */
  readonly found: number;
}

/** 100 accounts in 4 Regions, 100 ms a request. */
export async function fanOut(setting: Setting): Promise<Section> {
  const repeats = setting.quick ? 1 : 5;
  const measure = async (instances: number, event: object) => {
    const runs = [];
    for (let repeat = 0; repeat < repeats; repeat++) runs.push(await coldThenWarm(setting, instances, event));
    return { cold: runs.map((run) => run.cold), warm: runs.map((run) => run.warm) };
  };
  // One ID of each cell fits one answer, so that all must be asked; by default an answer is full after some.
  const all = await measure(1, { ...everything, max_results: 1_000, fields: ['InstanceId'] });
  const none = await measure(0, everything);
  const byDefault = await measure(2, everything);
  const most = (figure: keyof Run) => Math.max(...all.cold.map((run) => run[figure]));
  return {
    title: `Fan-out over 100 accounts × 4 Regions, 100 ms per request, TLS: medians of ${repeats}`,
    columns: [
      ...['call', 'ms', 'AssumeRole', 'DescribeInstances', 'instances', 'peak in flight', 'peak sockets'],
      'peak memory MB',
    ],
    rows: [
      toRow('one instance in each cell: cold', all.cold),
      toRow('one instance in each cell: warm', all.warm),
      toRow('nothing found: cold', none.cold),
      toRow('nothing found: warm', none.warm),
      toRow('default answer, 2 instances in each cell: cold', byDefault.cold),
      toRow('default answer, 2 instances in each cell: warm', byDefault.warm),
    ],
    goals: [
      {
        what: '400 cells, cold, from process start (ms)',
        measured: median(all.cold.map(({ ms }) => ms)),
        atMost: 2_500,
      },
      { what: '400 cells: AssumeRole', measured: most('assumeRole'), atMost: 100 },
      { what: '400 cells: DescribeInstances', measured: most('describeInstances'), atMost: 400 },
      {
        what: '400 cells: cells missing',
        measured: CELLS - Math.min(...all.cold.map(({ found }) => found)),
        atMost: 0,
      },
      { what: '400 cells: peak sockets', measured: most('sockets'), atMost: MAX_SOCKETS },
      { what: '400 cells: peak memory (MB)', measured: most('memoryMb'), atMost: 256 },
    ],
    notes: ['Cold is from spawning the process; warm is the second call in it, with sessions and sockets kept.'],
  };
}

async function coldThenWarm({ stub, ours }: Setting, instances: number, event: object) {
  await stub.configure({ latency: 100, instances });
  const subject = await start(ours, event);
  try {
    assertWhole(subject.first.answer);
    const cold = await toRun(subject.first.answeredMs, subject.first, stub);
    await stub.configure({});
    const again = await subject.call(event);
    return { cold, warm: await toRun(again.times[0] ?? Number.NaN, again, stub) };
  } finally {
    await subject.stop();
  }
}

async function toRun(
  ms: number,
  { answer, maxRssMb }: Pick<FirstAnswer, 'answer' | 'maxRssMb'>,
  stub: Setting['stub'],
): Promise<Run> {
  const { calls, peakConnections, peakInFlight } = await stub.stats();
  const { AssumeRole = 0, DescribeInstances = 0 } = calls;
  return {
    ms,
    memoryMb: maxRssMb,
    assumeRole: AssumeRole,
    describeInstances: DescribeInstances,
    inFlight: peakInFlight,
    sockets: peakConnections,
    found: new Set(answer.instances?.map(({ InstanceId }) => InstanceId)).size,
  };
}

function assertWhole({ error, failures }: FirstAnswer['answer']): void {
  if (error !== undefined || failures !== undefined) {
    throw new Error(`The fan-out failed: ${JSON.stringify(error ?? failures)}`);
  }
}

function toRow(name: string, runs: readonly Run[]): (string | number)[] {
  const figures = ['ms', 'assumeRole', 'describeInstances', 'found', 'inFlight', 'sockets', 'memoryMb'] as const;
  return [name, ...figures.map((figure) => median(runs.map((run) => run[figure])))];
}
