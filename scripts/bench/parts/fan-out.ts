import { MAX_SOCKETS } from '../../../shared/aws-clients.ts';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { median } from '../statistics.ts';
import { type FirstAnswer, start } from '../subject.ts';

const everything = { account_id: 'all', region: 'all' };

interface Run {
  readonly ms: number;
  readonly memoryMb: number;
  readonly assumeRole: number;
  readonly describeInstances: number;
  readonly inFlight: number;
  readonly sockets: number;
}

/** 100 accounts in 4 Regions, 100 ms a request. */
export async function fanOut(setting: Setting): Promise<Section> {
  const repeats = setting.quick ? 1 : 5;
  const cases = [
    { name: '400 cells, 2 instances each', instances: 2, event: { ...everything, max_results: 1_000 } },
    { name: '400 cells, nothing found', instances: 0, event: everything },
    { name: 'default answer, 2 instances each', instances: 2, event: everything },
  ];
  const rows: (string | number)[][] = [];
  const cold: Run[] = [];
  for (const each of cases) {
    const runs = [];
    for (let repeat = 0; repeat < repeats; repeat++) runs.push(await coldThenWarm(setting, each.instances, each.event));
    rows.push(
      toRow(
        `${each.name}: cold`,
        runs.map((run) => run.cold),
      ),
    );
    rows.push(
      toRow(
        `${each.name}: warm`,
        runs.map((run) => run.warm),
      ),
    );
    if (each.instances > 0 && 'max_results' in each.event) cold.push(...runs.flatMap((run) => [run.cold]));
    if (cold.some(({ assumeRole, describeInstances }) => assumeRole !== 100 || describeInstances !== 400)) {
      throw new Error('The 400 cells were not each asked once.');
    }
  }
  const most = (figure: keyof Run) => Math.max(...cold.map((run) => run[figure]));
  return {
    title: `Fan-out over 100 accounts × 4 Regions, 100 ms per request, TLS: medians of ${repeats}`,
    columns: ['call', 'ms', 'AssumeRole', 'DescribeInstances', 'peak in flight', 'peak sockets', 'peak memory MB'],
    rows,
    goals: [
      { what: '400 cells, cold, from process start (ms)', measured: median(cold.map(({ ms }) => ms)), atMost: 2_500 },
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
    const cold = await toRun(subject.first.answeredMs, subject.first.maxRssMb, stub);
    await stub.configure({});
    const { times, maxRssMb } = await subject.call(event);
    return { cold, warm: await toRun(times[0] ?? Number.NaN, maxRssMb, stub) };
  } finally {
    await subject.stop();
  }
}

async function toRun(ms: number, memoryMb: number, stub: Setting['stub']): Promise<Run> {
  const { calls, peakConnections, peakInFlight } = await stub.stats();
  const { AssumeRole = 0, DescribeInstances = 0 } = calls;
  return {
    ms,
    memoryMb,
    assumeRole: AssumeRole,
    describeInstances: DescribeInstances,
    inFlight: peakInFlight,
    sockets: peakConnections,
  };
}

function assertWhole({ error, failures }: FirstAnswer['answer']): void {
  if (error !== undefined || failures !== undefined) {
    throw new Error(`The fan-out failed: ${JSON.stringify(error ?? failures)}`);
  }
}

function toRow(name: string, runs: readonly Run[]): (string | number)[] {
  const figures = ['ms', 'assumeRole', 'describeInstances', 'inFlight', 'sockets', 'memoryMb'] as const;
  return [name, ...figures.map((figure) => median(runs.map((run) => run[figure])))];
}
