import asyncio

from mcp import ClientSession
from mcp_proxy_for_aws.client import aws_iam_streamablehttp_client
from report import report, url


async def main():
    # As the guides of Strands and LangGraph have it; credentials and Region come from the environment.
    async with aws_iam_streamablehttp_client(url, aws_service="bedrock-agentcore") as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            await report(session.list_tools, session.call_tool)


asyncio.run(main())
