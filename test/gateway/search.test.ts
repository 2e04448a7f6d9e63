import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connect, gatewayFor, textOf } from '../support/gateway-fixture.ts';
import { fakeTool } from '../support/gateway-tools.ts';

const SEARCH = 'x_amz_bedrock_agentcore_search';
const tools = [
  fakeTool('describe_ec2_instances', {}, 'EC2 instances with type, state, addresses and tags.'),
  fakeTool('list_lambda_functions', { runtime: z.string().describe('Only this runtime.') }, 'Lambda functions.'),
  fakeTool('get_s3_bucket_info', {}, 'Encryption, versioning and public access of one S3 bucket.'),
  fakeTool('CheckNetworkSecurity', {}, 'Findings about load balancers and certificates.'),
  ...Array.from({ length: 20 }, (_, index) => fakeTool(`list_widgets_${index}`, {}, 'Widgets of a kind.')),
];

async function search(query: unknown) {
  const client = await connect(await gatewayFor({ tools, search: true }), 'auto');
  return client.callTool({ name: SEARCH, arguments: query === undefined ? {} : { query } });
}

it('is listed first, with search only', async () => {
  const client = await connect(await gatewayFor({ tools, search: true }));
  const listed = (await client.listTools()).tools;
  expect(listed[0]).toMatchObject({ name: SEARCH, inputSchema: { required: ['query'] } });
  expect(listed).toHaveLength(tools.length + 1);
  const without = await connect(await gatewayFor({ tools }));
  expect((await without.listTools()).tools.map(({ name }) => name)).not.toContain(SEARCH);
  await expect(without.callTool({ name: SEARCH, arguments: { query: 'x' } })).rejects.toMatchObject({ code: -32602 });
});

it.each([
  ['Which EC2 instance is running?', 'describe-ec2-instances___describe_ec2_instances'],
  ['lambda function runtimes', 'list-lambda-functions___list_lambda_functions'],
  ['is my bucket encrypted', 'get-s3-bucket-info___get_s3_bucket_info'],
  ['encrypton of buckets', 'get-s3-bucket-info___get_s3_bucket_info'],
  ['network', 'check-network-security___CheckNetworkSecurity'],
])('%j finds %s first', async (query, name) => {
  const result = await search(query);
  expect(result.isError).toBe(false);
  const { tools: found } = result.structuredContent as { tools: { name: string }[] };
  expect(found[0]).toMatchObject({ name, description: expect.any(String), inputSchema: { type: 'object' } });
  expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
});

describe('its answers', () => {
  it('are ten at most', async () => {
    const { structuredContent } = await search('widgets');
    expect(structuredContent).toMatchObject({ tools: { length: 10 } });
  });

  it.each(['', 'the of my', 'zzzzqqqq'])('may be none: %j', async (query) => {
    expect((await search(query)).structuredContent).toEqual({ tools: [] });
  });

  it.each([
    [undefined, 'Missing required field'],
    [7, 'integer found, string expected'],
  ])('are refusals for %j', async (query, text) => {
    const result = await search(query);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(text);
  });
});
