import { catalog } from '../../../schemas/catalog.ts';
import { kebabCase } from '../../../schemas/define-tool.ts';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { interleave, median } from '../statistics.ts';
import { type FirstAnswer, type Form, nodeForm, startOnce } from '../subject.ts';

const event = { account_id: '111111111111', region: 'us-east-1' };

/** The compared tool in a fresh process: beside a plain bundle and beside the Python form. */
export async function coldStart({ quick, stub, ours, plain, python }: Setting): Promise<Section> {
  await stub.configure({ latency: 0, instances: 20 });
  const forms = [ours, plain, ...(typeof python === 'string' ? [] : [python])];
  const rounds = quick ? 9 : 21;
  // Read once from the disk, all alike: a function's first bytes on a machine are another subject.
  for (const form of forms) await startOnce(form, event);
  const results = await interleave(forms, rounds, (form) => startOnce(form, event));
  const total = (form: Form) => medianOf(results.get(form) ?? [], 'answeredMs');
  // Round by round: what runs beside it on the machine then weighs on both sides of a ratio.
  const ratio = (form: Form, other: Form) =>
    median(
      (results.get(form) ?? []).map(
        (run, round) => run.answeredMs / (results.get(other)?.[round]?.answeredMs ?? Number.NaN),
      ),
    );
  const row = (form: Form) => {
    const runs = results.get(form) ?? [];
    const [ready, cpu, memory] = [medianOf(runs, 'readyMs'), medianOf(runs, 'cpuMs'), medianOf(runs, 'maxRssMb')];
    return [form.name, ready, total(form), ratio(form, ours), cpu, memory];
  };
  return {
    title: `Cold start of describe_ec2_instances: medians of ${rounds} interleaved fresh processes, TLS, 20 instances`,
    columns: ['form', 'handler ready ms', 'first answer ms', 'ratio', 'processor ms', 'memory MB'],
    rows: [
      ...forms.map(row),
      ...(typeof python === 'string' ? [['Python form (boto3)', `not measured: ${python}`, '', '', '', '']] : []),
    ],
    goals: [
      ...(typeof python === 'string'
        ? []
        : [{ what: 'cold start ÷ Python form', measured: ratio(ours, python), atMost: 0.45 }]),
      { what: 'cold start ÷ plain esbuild bundle', measured: ratio(ours, plain), atMost: 0.45 },
    ],
  };
}

/** Every function with its documented example. The stub denies what it does not know, which is an answer as well. */
export async function coldStartOfEach({ quick, stub, bundles, environment }: Setting): Promise<Section> {
  await stub.configure({ latency: 0, instances: 20 });
  const rounds = quick ? 3 : 7;
  const subjects = bundles.map((bundle) => {
    const example = catalog.find(({ name }) => kebabCase(name) === bundle.name)?.example.input ?? {};
    return { bundle, example, form: nodeForm(bundle.name, bundle.file, environment) };
  });
  const results = await interleave(subjects, rounds, ({ form, example }) => startOnce(form, example));
  return {
    title: `Cold start of each function: medians of ${rounds} interleaved fresh processes, TLS, its documented example`,
    columns: ['function', 'KB', 'handler ready ms', 'first answer ms', 'the stub made it'],
    rows: [...results].map(([{ bundle, form }, runs]) => [
      form.name,
      bundle.bytes / 1_000,
      medianOf(runs, 'readyMs'),
      medianOf(runs, 'answeredMs'),
      runs[0]?.answer.error?.code ?? (runs[0]?.answer.failures === undefined ? 'ok' : 'partial'),
    ]),
    goals: [],
  };
}

function medianOf(runs: readonly FirstAnswer[], figure: 'readyMs' | 'answeredMs' | 'cpuMs' | 'maxRssMb'): number {
  return median(runs.map((run) => run[figure]));
}
