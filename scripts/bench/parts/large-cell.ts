import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { type Subject, start } from '../subject.ts';

const INSTANCES = 10_000;
const cell = { account_id: '111111111111', region: 'us-east-1' };

interface Walk {
  readonly answers: number;
  readonly items: number;
  readonly different: number;
  readonly mostTokens: number;
  readonly mostBytes: number;
  readonly ms: number;
}

/** 10,000 instances in one account and Region: what the default answer costs, and whether a walk misses or repeats any. */
export async function largeCell({ quick, stub, ours }: Setting): Promise<Section> {
  await stub.configure({ latency: 0, instances: INSTANCES, pageSize: 1_000 });
  const subject = await start(ours, cell);
  const tokens = countTokens(JSON.stringify(subject.first.answer));
  await stub.configure({});
  try {
    const byDefault = await walk(subject, cell, quick ? 3 : 10);
    const pagesByDefault = await pagesAsked(stub);
    const toTheEnd = await walk(subject, { ...cell, max_results: 1_000 }, Number.POSITIVE_INFINITY);
    const pagesToTheEnd = await pagesAsked(stub);
    const repeated = byDefault.items - byDefault.different + toTheEnd.items - toTheEnd.different;
    return {
      title: `${INSTANCES.toLocaleString('en')} instances in one cell`,
      columns: ['walk', 'answers', 'instances', 'different', 'AWS pages', 'most tokens', 'most bytes', 'ms per answer'],
      rows: [
        toRow(`default, first ${byDefault.answers} answers`, byDefault, pagesByDefault),
        toRow('max_results 1000, to the end', toTheEnd, pagesToTheEnd),
      ],
      goals: [
        { what: 'default answer of 10,000 instances (tokens)', measured: tokens, atMost: 5_000 },
        { what: 'instances missed by the walk', measured: INSTANCES - toTheEnd.different, atMost: 0 },
        { what: 'instances repeated by the walks', measured: repeated, atMost: 0 },
      ],
    };
  } finally {
    await subject.stop();
  }
}

/** The pages asked of AWS since the last time. */
async function pagesAsked({ stats, configure }: Setting['stub']): Promise<number> {
  const { calls } = await stats();
  await configure({});
  return calls.DescribeInstances ?? 0;
}

async function walk(subject: Subject, event: object, mostAnswers: number): Promise<Walk> {
  const seen = new Set<string>();
  let [answers, items, mostTokens, mostBytes, ms] = [0, 0, 0, 0, 0];
  let next: string | undefined;
  do {
    const { answer, times } = await subject.call(next === undefined ? event : { ...event, next_token: next });
    if (answer.error !== undefined) throw new Error(`The walk failed: ${JSON.stringify(answer.error)}`);
    const text = JSON.stringify(answer);
    answers++;
    ms += times[0] ?? 0;
    items += answer.instances?.length ?? 0;
    for (const { InstanceId } of answer.instances ?? []) seen.add(InstanceId);
    mostTokens = Math.max(mostTokens, countTokens(text));
    mostBytes = Math.max(mostBytes, Buffer.byteLength(text));
    next = answer.next_token;
  } while (next !== undefined && answers < mostAnswers);
  return { answers, items, different: seen.size, mostTokens, mostBytes, ms };
}

function toRow(name: string, { answers, items, different, mostTokens, mostBytes, ms }: Walk, pages: number) {
  return [name, answers, items, different, pages, mostTokens, mostBytes, ms / answers];
}
