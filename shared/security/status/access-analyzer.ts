import { AccessAnalyzerClient, type AnalyzerSummary, ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { allPages } from '../../all-pages.ts';
import { notEnabled } from '../not-enabled.ts';
import type { Reading } from '../reading.ts';
import type { StatusProbe } from './status.ts';

/** The API's maximum. */
const PAGE = 100;

/** The analyzers of an account and Region; throws where there is none. */
export function analyzersOf(cell: Reading): Promise<AnalyzerSummary[]> {
  return cell.once('analyzers', async () => {
    const client = await cell.client(AccessAnalyzerClient);
    const analyzers = await allPages(async (nextToken) => {
      const page = await client.send(new ListAnalyzersCommand({ maxResults: PAGE, nextToken }));
      return { items: page.analyzers, next: page.nextToken };
    });
    if (analyzers.length === 0) throw notEnabled('accessanalyzer');
    return analyzers;
  });
}

export const accessAnalyzerStatus: StatusProbe = {
  service: 'accessanalyzer',
  scope: 'cell',
  setupUrl: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html',
  ask: async (cell) => {
    const found = await analyzersOf(cell);
    const active = found.filter(({ status }) => status === 'ACTIVE').length;
    const analyzers = found.map(({ name, type, status, createdAt }) => ({
      name,
      type,
      status,
      created_at: createdAt?.toISOString(),
    }));
    const message = `IAM Access Analyzer has ${count(found.length, 'analyzer')}, ${active} of them active.`;
    if (active > 0) return { status: 'ENABLED', message, analyzers };
    const isComing = found.some(({ status }) => status === 'CREATING');
    return { status: isComing ? 'CHANGING' : 'DISABLED', message, analyzers };
  },
};

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
