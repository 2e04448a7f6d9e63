import { catalog } from '../../schemas/catalog.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import { toTable } from '../answer-table.ts';
import { invokeFunction } from '../local/functions.ts';

interface Question {
  readonly question: string;
  readonly tool: string;
  readonly event: Readonly<Record<string, string | readonly string[] | boolean>>;
}

/** What an operator really asks; every value is the same in each demo organization. */
const QUESTIONS: readonly Question[] = [
  {
    question: 'What is on fire?',
    tool: 'list_cloudwatch_alarms',
    event: { account_id: 'all', region: 'all', state: 'ALARM', fields: ['AlarmName', 'StateReason'] },
  },
  {
    question: 'How many instances do we run, of which kind, and where?',
    tool: 'aggregate_results',
    event: {
      tool: 'describe_ec2_instances',
      account_id: 'all',
      region: 'us-east-1,eu-west-1,eu-central-1',
      group_by: ['State', 'InstanceType'],
    },
  },
  {
    question: 'Which security groups let the whole internet in?',
    tool: 'describe_ec2_security_groups',
    event: {
      account_id: '723430980500,868011280598',
      region: 'us-east-1,eu-west-1',
      open_to_internet: true,
      fields: ['GroupName', 'IngressRules'],
    },
  },
  {
    question: 'Which databases are public, unencrypted or without backups?',
    tool: 'describe_rds_instances',
    event: {
      account_id: 'all',
      region: 'us-east-1',
      fields: ['DBInstanceIdentifier', 'Engine', 'StorageEncrypted', 'PubliclyAccessible', 'BackupRetentionPeriod'],
    },
  },
  {
    question: 'Whose is this bucket, and can strangers read it?',
    tool: 'get_s3_bucket_info',
    event: {
      account_id: 'all',
      bucket_name: 'exampleco-clicks-public-samples',
      fields: ['BucketRegion', 'PolicyIsPublic', 'PublicAccessBlock', 'ObjectOwnership'],
    },
  },
  {
    question: 'Which services of the checkout do not run what they should?',
    tool: 'list_ecs_services',
    event: {
      account_id: '723430980500',
      cluster: 'checkout',
      fields: ['serviceName', 'status', 'desiredCount', 'runningCount', 'launchType'],
    },
  },
];

/** Wide enough for the tables, narrow enough for a page. */
const WIDTH = 140;

/** The questions with their calls and the answers that the environment of this process gives, as Markdown. */
export async function answerQuestions(): Promise<string> {
  const parts: string[] = [];
  for (const { question, tool, event } of QUESTIONS) {
    const { payload } = await invokeFunction(catalog.find(({ name }) => name === tool) as Tool, event);
    const flags = Object.entries(event).map(
      ([name, value]) => `--${name} ${Array.isArray(value) ? value.join() : value}`,
    );
    const answer = toTable(payload, WIDTH).replace(/ +$/gm, '');
    parts.push(`**${question}**\n\n\`\`\`\n> npm run invoke -- ${tool} ${flags.join(' ')}\n\n${answer}\n\`\`\`\n`);
  }
  return parts.join('\n');
}
