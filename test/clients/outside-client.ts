import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authorizer, none } from '../../scripts/local/gateway/authorizer.ts';
import { answer, calls, names, type Served, serve } from './served.ts';

export interface OutsideClient {
  /** As docs/conformance.md names it. */
  readonly name: string;
  readonly protocol: '2025-11-25' | '2026-07-28';
  /** The program in its language, and what it is started with after the address and the calls. */
  readonly command: string;
  readonly program: string;
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly authorizer?: Authorizer;
  /** It leaves reading the next page to its caller. */
  readonly readsOnePage?: true;
  /** It asks for a stream of events, which a gateway without sessions does not have. */
  readonly asksForStream?: true;
  /** It throws where a tool has failed. */
  readonly throws?: true;
  /** It checks arguments by itself, with these words. */
  readonly refuses?: RegExp;
}

interface Reported {
  readonly tools: string[];
  readonly first: number;
  readonly answers: { text: string; isError: boolean; thrown: boolean }[];
}

/** An unknown discovery document is told from a broken login by its status. */
const EXPECTED = /^(POST \/mcp (200|202)|GET \/mcp 405|GET (\/mcp)?\/\.well-known\/\S+ 404)$/;

/** What every client of the gateway must see: all tools, an answer, a failure and a refusal. */
export function testClient(client: OutsideClient): void {
  const { name, protocol, readsOnePage = false, throws = false, asksForStream = false, refuses } = client;

  describe(name, () => {
    let reported: Reported;
    let served: Served;
    beforeAll(async () => {
      served = await serve(client.authorizer ?? none);
      reported = await start(client, served.url).finally(() => served.stop());
    });

    it('lists the tools of both pages', () => {
      expect(reported.tools).toEqual(names);
      expect(reported.first).toBe(readsOnePage ? 30 : names.length);
    });

    it('is given the answer of a tool', () => {
      const [{ text = '', ...rest } = {}] = reported.answers;
      expect(JSON.parse(text)).toEqual(answer);
      expect(rest).toEqual({ isError: false, thrown: false });
    });

    it('is told that a tool has failed', () => {
      const text = expect.stringContaining('An internal error occurred. Please retry later.');
      expect(reported.answers[1]).toEqual({ text, isError: true, thrown: throws });
    });

    it('is told which argument is missing', () => {
      const words = refuses ?? /Missing required field\(s\): 'account_id'/;
      const text = expect.stringMatching(words);
      expect(reported.answers[2]).toEqual({ text, isError: true, thrown: throws });
      const arrived = served.seen.filter(({ method }) => method === 'tools/call');
      expect(arrived).toHaveLength(refuses === undefined ? 3 : 2);
    });

    it(`speaks ${protocol}`, () => {
      expect([...new Set(served.seen.map(({ version }) => version))]).toEqual([protocol]);
      const opening = protocol === '2025-11-25' ? 'initialize' : 'server/discover';
      expect(served.seen[0]?.method).toBe(opening);
    });

    it('is refused nothing but a stream and what a login needs, and does not insist', () => {
      expect([...served.exchanges].filter((each) => !EXPECTED.test(each))).toEqual([]);
      expect(served.streams() > 0).toBe(asksForStream);
      // MCP Inspector is a process for each of the four requests, and mcp-remote asks before and after it connects.
      expect(served.streams()).toBeLessThanOrEqual(4);
    });
  });
}

/** Runs the client's program in a home of its own, with nothing of this process's environment but the path. */
async function start({ command, program, options = [], environment }: OutsideClient, url: string): Promise<Reported> {
  const home = mkdtempSync(join(tmpdir(), 'central-ops-clients-'));
  // The scripts of packages start the Node that runs the tests.
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { HOME: home, PATH: path, NO_COLOR: '1', PYTHONDONTWRITEBYTECODE: '1', ...environment };
  try {
    const output = await new Promise<string>((resolve, reject) => {
      const done = (error: Error | null, stdout: string, stderr: string) =>
        error === null ? resolve(stdout) : reject(new Error(`${program}: ${error.message}\n${stdout}\n${stderr}`));
      const args = [program, url, JSON.stringify(calls), ...options];
      execFile(command, args, { env, timeout: 110_000, maxBuffer: 16_000_000 }, done);
    });
    return JSON.parse(output);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
