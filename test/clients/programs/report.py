"""What report.mjs is for the programs in JavaScript."""

import json
import sys

url = sys.argv[1]


async def report(list_tools, call_tool):
    listed = await list_tools()
    tools = [tool.name for tool in listed.tools]
    first = len(tools)
    while (cursor := cursor_of(listed)) is not None:
        listed = await list_tools(cursor=cursor)
        tools += [tool.name for tool in listed.tools]
    answers = [await answer(call_tool, call) for call in json.loads(sys.argv[2])]
    print(json.dumps({"tools": tools, "first": first, "answers": answers}))


def cursor_of(listed):
    """next_cursor in version 2 of the SDK, nextCursor in version 1."""
    return getattr(listed, "next_cursor", None) or getattr(listed, "nextCursor", None)


async def answer(call_tool, call):
    try:
        result = await call_tool(call["name"], call["args"])
    except Exception as error:
        return {"text": str(error), "isError": True, "thrown": True}
    failed = result.is_error if hasattr(result, "is_error") else result.isError
    return {"text": "\n".join(block.text for block in result.content), "isError": bool(failed), "thrown": False}
