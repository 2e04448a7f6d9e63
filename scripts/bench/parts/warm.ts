import { join } from 'node:path';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { interleave, median, percentile } from '../statistics.ts';
import { type Calls, type Form, nodeForm, start } from '../subject.ts';

const event = { account_id: '111111111111', region: 'us-east-1' };
const CALLS_PER_ROUND = 10;

/** The same call again and again in processes that are warm: beside a raw signed request and the Python form. */
export async function warm({ quick, stub, ours, python, environment }: Setting): Promise<Section> {
  const raw = nodeForm('raw signed request', join(import.meta.dirname, '..', 'raw-request.ts'), environment);
  const forms = [ours, raw, ...(typeof python === 'string' ? [] : [python])];
  const rounds = quick ? 6 : 25;
  const started = await Promise.all(forms.map(async (form) => ({ form, subject: await start(form, event) })));
  const rows: (string | number)[][] = [];
  const ratios: number[] = [];
  try {
    for (const instances of [20, 0]) {
      await stub.configure({ latency: 0, instances });
      await Promise.all(started.map(({ subject }) => subject.call(event, 30)));
      const results = await interleave(started, rounds, ({ subject }) => subject.call(event, CALLS_PER_ROUND));
      const figures = [...results].map(([{ form }, runs]) => ({ form, ...summary(runs) }));
      const p50 = (form: Form) => figures.find((each) => each.form === form)?.p50 ?? Number.NaN;
      for (const each of figures) {
        rows.push([each.form.name, instances, each.p50, each.p99, each.cpu, each.p50 - p50(raw)]);
      }
      if (instances > 0 && typeof python !== 'string') ratios.push(p50(ours) / p50(python));
    }
  } finally {
    await Promise.all(started.map(({ subject }) => subject.stop()));
  }
  return {
    title: `Warm calls: ${rounds} interleaved rounds of ${CALLS_PER_ROUND}, TLS`,
    columns: ['form', 'instances', 'p50 ms', 'p99 ms', 'processor ms', 'over raw ms'],
    rows,
    goals: ratios.map((measured) => ({ what: 'warm call ÷ Python form (p50)', measured, atMost: 0.5 })),
    notes: typeof python === 'string' ? [`The Python form was not measured: ${python}.`] : [],
  };
}

function summary(runs: readonly Calls[]) {
  const times = runs.flatMap((run) => run.times);
  return { p50: median(times), p99: percentile(times, 0.99), cpu: median(runs.map(({ cpuMs }) => cpuMs)) };
}
