'use strict';
// Asks an MCP server with one of the official clients, and prints what it got as JSON.
// usage: ask.js sdk|client MODE URL [AUTHORIZATION]
// sdk: version 1, which has one mode. client: version 2, with the mode legacy, auto, or the revision to insist on.

const [kind, mode, url, authorization] = process.argv.slice(2);

function connectable() {
  const headers = authorization ? { Authorization: authorization } : {};
  const info = { name: 'dbpool-test', version: '1' };
  const options = { requestInit: { headers } };
  if (kind === 'sdk') {
    const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
    const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');
    return [new Client(info), new StreamableHTTPClientTransport(new URL(url), options)];
  }
  const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
  const chosen = mode === 'legacy' || mode === 'auto' ? mode : { pin: mode };
  const client = new Client(info, { versionNegotiation: { mode: chosen } });
  return [client, new StreamableHTTPClientTransport(new URL(url), options)];
}

/// Returns the code of the error that a call ends with.
async function codeOf(call) {
  try {
    await call;
  } catch (error) {
    return error.code;
  }
  return null;
}

async function ask(client, transport) {
  const answer = {
    protocol: transport.protocolVersion,
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
  };
  if (answer.protocol < '2026') await client.ping();
  answer.resources = (await client.listResources()).resources.map((one) => one.uri);
  answer.templates = (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate);
  answer.health = (await client.readResource({ uri: 'health://connection-pool' })).contents[0].text;
  answer.stats = (await client.readResource({ uri: 'pool://default/stats' })).contents[0].text;
  answer.unknownResource = await codeOf(client.readResource({ uri: 'health://connection-pool/ünknown' }));

  // Once it has seen the list, a client checks each document by the schema of its tool.
  answer.tools = (await client.listTools()).tools.map((one) => one.name);
  const call = (name, args) => client.callTool({ name, arguments: args });
  answer.pools = (await call('list_pools', {})).structuredContent;
  answer.explained = (await call('explain_pool', { pool: 'default' })).structuredContent;
  answer.leaks = (await call('list_leaks', { pool: 'default' })).structuredContent;
  answer.history = (await call('pool_history', { pool: 'default', hours: 2 })).structuredContent;
  answer.changes = (await call('recent_changes', { minutes: 5 })).structuredContent;
  answer.unknownPool = await call('explain_pool', { pool: 'none' });
  answer.unknownTool = await codeOf(call('close_pools', {}));

  answer.prompts = (await client.listPrompts()).prompts.map((one) => one.name);
  const prompt = await client.getPrompt({ name: 'diagnose', arguments: { pool: 'default' } });
  answer.prompt = prompt.messages[0].content.text;
  return answer;
}

async function main() {
  const [client, transport] = connectable();
  const errors = [];
  client.onerror = (error) => errors.push(error.message);
  await client.connect(transport);
  const answer = await ask(client, transport);
  if (kind === 'sdk') await transport.terminateSession();
  await client.close();
  console.log(JSON.stringify({ ...answer, errors }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
