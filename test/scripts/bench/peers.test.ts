import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chartOf } from '../../../scripts/bench/peers/chart.ts';
import { type Contender, compete, judge, whyRow } from '../../../scripts/bench/peers/contender.ts';
import { peerVenv } from '../../../scripts/bench/peers/install.ts';
import { tablesOf } from '../../../scripts/bench/peers/table.ts';
import type { PeerRow, PeerWorld } from '../../../scripts/bench/peers/types.ts';
import { peakInFlight } from '../../../scripts/bench/peers/watch.ts';
import { toMarkdown } from '../../../scripts/bench/report.ts';
import { eventually } from '../../support/eventually.ts';

const figures = { ms: 100, calls: 20, peakInFlight: 16, answerTokens: 500 };
const rows: PeerRow[] = [
  { question: 'one', subject: 'us', ours: true, figures },
  {
    question: 'one',
    subject: 'them <&> `quoted`',
    note: 'does more',
    figures: { ...figures, ms: 2_000, peakInFlight: 1, answer: { expected: 3, found: 2, wrong: 1 } },
  },
  whyRow('one', 'absent', new Error('No matching distribution\nand more')),
];

describe('the table of the peers', () => {
  it('gives each figure, and ours ÷ theirs behind it', () => {
    const [section] = tablesOf(rows);
    expect(section?.rows[0]?.slice(0, 4)).toEqual(['us', '100', '20', '16']);
    expect(section?.rows[1]).toEqual([
      ...['them <&> `quoted`', '2,000 (0.05)', '20 (1)', '1 (16)', '–', '500 (1)', '–', '2 of 3', '1'],
    ]);
    expect(section?.notes).toEqual(['- them <&> `quoted`: does more.']);
  });

  it('says why a peer has no figures', () => {
    const markdown = toMarkdown('# Peers', tablesOf(rows));
    expect(markdown).toContain('cannot run here: No matching distribution |');
    expect(markdown).not.toContain('and more');
    expect(markdown).not.toContain('Goals');
  });
});

describe('the chart of the peers', () => {
  const svg = chartOf(rows, 'a date, a machine');

  it('has a bar for each row with figures, as long as it took', () => {
    const widths = [...svg.matchAll(/class="(ours|bar)"[^>]* width="([\d.]+)"/g)].map(([, kind, width]) => [
      kind,
      Number(width),
    ]);
    expect(widths.map(([kind]) => kind)).toEqual(['ours', 'bar']);
    expect(Number(widths[1]?.[1]) / Number(widths[0]?.[1])).toBeCloseTo(20, 1);
    expect(svg).not.toContain('absent');
  });

  it('escapes names, says when and where, and follows a dark scheme', () => {
    expect(svg).toContain('them &lt;&amp;> quoted');
    expect(svg).toContain('a date, a machine');
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});

describe('what is measured', () => {
  const at = (ms: number, durationMs: number) => ({ at: new Date(ms).toISOString(), durationMs });

  it('counts calls that were open at once', () => {
    expect(peakInFlight([at(0, 50), at(50, 50), at(100, 50)])).toBe(1);
    expect(peakInFlight([at(0, 50.4), at(50, 50)])).toBe(1);
    expect(peakInFlight([at(0, 50), at(10, 50), at(20, 5), at(70, 10)])).toBe(3);
    expect(peakInFlight([])).toBe(0);
  });

  it('judges an answer by the instances that it names', () => {
    const [one, two, three] = ['1', '2', '3'].map((digit) => `i-${digit.repeat(17)}`) as [string, string, string];
    expect(judge(`${one} ${one} ${three}`, new Set([one, two]))).toEqual({ expected: 2, found: 1, wrong: 1 });
  });
});

describe('a peer that cannot run', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('becomes a row, and the others are still asked every time', async () => {
    const world = worldOf(3);
    let asked = 0;
    const contender = (subject: string, ask: Contender['ask']): Contender => ({
      ...{ subject, question: 'one', truth: new Set<string>(), ask },
    });
    const answers = await compete(world, [
      contender('broken', async () => {
        throw new Error('refused to start');
      }),
      contender('whole', async () => {
        asked += 1;
        return { text: 'nothing' };
      }),
    ]);
    expect(answers).toMatchObject([{ why: 'refused to start' }, { figures: { ms: 1, answerTokens: 1 } }]);
    expect(asked).toBe(3);
  });

  it('becomes a row when it hangs, and is ended with what it started', async () => {
    // A shell that waits for a child of its own: both have to go.
    const script = 'sleep 600 & echo $!; wait';
    const hanging = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [childId] = (await once(hanging.stdout, 'data')) as [Buffer];
    const exited = once(hanging, 'exit');
    let asked = 0;
    const [row] = await compete(worldOf(2), [
      {
        ...{ subject: 'hanging', question: 'one', limitMs: 100 },
        ask: (roots) => {
          asked += 1;
          roots.add(hanging.pid ?? 0);
          return new Promise(() => {});
        },
      },
    ]);
    expect(row).toMatchObject({ why: 'no answer within 1 s' });
    expect(asked).toBe(1);
    expect(await exited).toEqual([null, 'SIGKILL']);
    await eventually(() => expect(isRunning(Number(childId))).toBe(false));
  });

  // Making the environment is most of it, a minute on a busy machine.
  it('says in the words of pip that it cannot be installed', { timeout: 180_000 }, async () => {
    vi.stubEnv('PIP_NO_INDEX', '1');
    const error = await peerVenv('no-such-peer', ['central-ops-no-such-peer==0.0.0']).catch((reason: Error) => reason);
    expect(whyRow('one', 'no such peer', error).why).toMatch(/central-ops-no-such-peer|no Python of 3/);
  });
});

describe('an answer that brings its own verdict', () => {
  it('is not counted in tokens without a text, and is noted under the table', async () => {
    const verdict = { expected: 3, found: 2, wrong: 1 };
    const [row] = await compete(worldOf(1), [
      { subject: 'a', question: 'one', note: 'slow', ask: async () => ({ verdict, note: 'misses two' }) },
    ]);
    expect(row).toMatchObject({ note: 'slow; misses two', figures: { answer: verdict } });
    expect(row?.figures).not.toHaveProperty('answerTokens');
  });
});

/** Runs what it is given, and measures nothing. */
function worldOf(rounds: number): PeerWorld {
  const measure = async (work: (roots: Set<number>) => Promise<unknown>) => ({
    ...{ result: await work(new Set()), ms: 1, calls: 1, peakInFlight: 1 },
  });
  return { rounds, measure } as unknown as PeerWorld;
}

/** A process that has ended and that nobody has waited for yet is a zombie, and not running. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
