import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, buildFunctions } from '../build.ts';
import { accountIds, functionEnvironment } from './environment.ts';
import { type StubProcess, startStubProcess } from './stub-process.ts';
import { type Form, nodeForm, pythonForm } from './subject.ts';

/** What every part of the benchmark works with. */
export interface Setting {
  /** Fewer rounds, for a quick look. */
  readonly quick: boolean;
  readonly stub: StubProcess;
  readonly bundles: readonly Bundle[];
  /** The environment of a function over 100 accounts. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ours: Form;
  /** The same handler in a plain esbuild bundle. */
  readonly plain: Form;
  /** The Python form, or why it cannot run here. */
  readonly python: Form | string;
}

/** The tool that is compared with its other forms. */
export const comparedFunction = 'describe-ec2-instances';

/** Builds the bundles, starts the stub, runs `work` and puts everything away again. */
export async function withSetting(quick: boolean, work: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'central-ops-bench-'));
  let stub: StubProcess | undefined;
  try {
    const bundles = await buildFunctions({ outdir: join(folder, 'measured') });
    const [plain] = await buildFunctions({ outdir: join(folder, 'plain'), plain: true, only: [comparedFunction] });
    const ours = bundles.find(({ name }) => name === comparedFunction);
    if (ours === undefined || plain === undefined) throw new Error(`There is no bundle of ${comparedFunction}.`);
    stub = await startStubProcess();
    const certificate = join(folder, 'certificate.pem');
    await writeFile(certificate, stub.certificate);
    const environment = { ...functionEnvironment(stub.https, accountIds(100)), NODE_EXTRA_CA_CERTS: certificate };
    await work({
      quick,
      stub,
      bundles,
      environment,
      ours: nodeForm('this project', ours.file, environment),
      plain: nodeForm('plain esbuild bundle', plain.file, environment),
      python: await pythonForm(environment, stub.certificate, join(folder, 'trusted.pem')),
    });
  } finally {
    await stub?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
