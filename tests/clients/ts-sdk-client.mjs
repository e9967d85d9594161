// The TypeScript SDK of the session revisions (@modelcontextprotocol/sdk) over Streamable HTTP: node ts-sdk-client.mjs URL KEY
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { arguments_, expect, main, seeProgress, useTools } from "./checks.mjs";

await main(async () => {
  const { url, headers } = arguments_();
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  const client = new Client({ name: "ts-sdk-client", version: "1.0.0" });
  await client.connect(transport);
  expect(Boolean(transport.sessionId), "there is a session");

  await useTools(client);
  await seeProgress((params, onprogress) => client.callTool(params, undefined, { onprogress }));

  const ended = transport.sessionId;
  await transport.terminateSession();
  await client.close();

  const reply = await fetch(url, {
    method: "POST",
    headers: {
      ...headers,
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      "Mcp-Session-Id": ended,
      "MCP-Protocol-Version": "2025-11-25",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  expect(reply.status === 404, "the session is gone once it was terminated");
});
