import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, whyRow } from './contender.ts';
import type { PeerRow } from './types.ts';

/** Processes that are warm, and whatever else has to be put away at the end. */
export type Closers = (() => Promise<void> | void)[];

/** Somebody who is to be asked. */
export interface Entry {
  readonly subject: string;
  readonly questions: readonly string[];
  open(): Promise<Contender[]>;
}

/** Runs `work` with a folder of its own, and puts away afterwards what it has opened: the last first, the folder at the end. */
export async function withClosers<T>(work: (folder: string, closers: Closers) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'central-ops-peers-'));
  const closers: Closers = [() => rm(folder, { recursive: true, force: true })];
  try {
    return await work(folder, closers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Opens one after another. Whoever cannot be opened becomes a row that says why, under each of its questions. */
export async function openAll(entries: readonly Entry[]): Promise<{ contenders: Contender[]; missing: PeerRow[] }> {
  const contenders: Contender[] = [];
  const missing: PeerRow[] = [];
  for (const { subject, questions, open } of entries) {
    try {
      contenders.push(...(await open()));
    } catch (error) {
      missing.push(...questions.map((question) => whyRow(question, subject, error)));
    }
  }
  return { contenders, missing };
}
