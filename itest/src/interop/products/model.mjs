// A model that does as it is told: it calls the tool that the prompt names, and repeats what the tool answered.
// Speaks what the agent products speak to their makers' models, as far as that takes.
import { createServer } from 'node:http';
import { once } from 'node:events';

const text = (content) =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? text(part.content)).join('\n');

/** The tool whose name ends with the word that the prompt has after "tool:". */
const wanted = (prompt, names) => {
  const name = [...prompt.matchAll(/tool:(\w+)/g)].at(-1)?.[1];
  return name && names.find((candidate) => candidate.endsWith(name));
};

/** Anthropic's Messages API, streamed. */
function* messages({ model, messages, tools = [] }) {
  const last = messages.findLast(({ role }) => role === 'user');
  const results = Array.isArray(last.content) ? last.content.filter(({ type }) => type === 'tool_result') : [];
  const tool = results.length === 0 && wanted(text(last.content), tools.map(({ name }) => name));
  const usage = { input_tokens: 1, output_tokens: 1 };
  yield {
    type: 'message_start',
    message: {
      id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage,
    },
  };
  const block = tool ? { type: 'tool_use', id: `toolu_${Date.now()}`, name: tool, input: {} } : { type: 'text', text: '' };
  yield { type: 'content_block_start', index: 0, content_block: block };
  yield {
    type: 'content_block_delta',
    index: 0,
    delta: tool
      ? { type: 'input_json_delta', partial_json: '{}' }
      : { type: 'text_delta', text: results.length ? results.map(({ content }) => text(content)).join('\n') : 'done' },
  };
  yield { type: 'content_block_stop', index: 0 };
  yield { type: 'message_delta', delta: { stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null }, usage };
  yield { type: 'message_stop' };
}

/** OpenAI's Responses API, streamed. */
function* responses({ input, tools = [] }) {
  const last = input.at(-1);
  const answered = last.type === 'function_call_output';
  // tools of an MCP server may stand in a namespace of their own
  const functions = tools.flatMap((tool) =>
    tool.type === 'namespace' ? tool.tools.map(({ name }) => ({ name, namespace: tool.name })) : [{ name: tool.name ?? '' }]);
  const tool = !answered && wanted(text(last.content), functions.map(({ name }) => name));
  const id = `resp_${Date.now()}`;
  yield { type: 'response.created', response: { id } };
  yield {
    type: 'response.output_item.done',
    item: tool
      ? { type: 'function_call', call_id: `call_${Date.now()}`, arguments: '{}', ...functions.find(({ name }) => name === tool) }
      : {
          type: 'message', role: 'assistant', id: 'msg_1',
          content: [{ type: 'output_text', text: answered ? text(last.output) : 'done' }],
        },
  };
  yield {
    type: 'response.completed',
    response: { id, usage: { input_tokens: 1, input_tokens_details: null, output_tokens: 1, output_tokens_details: null, total_tokens: 2 } },
  };
}

/** Starts it, and gives its address. */
export async function start() {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (process.env.MODEL_LOG) console.error(request.method, request.url, body.slice(0, 20000));
    const events = request.url.startsWith('/v1/messages?') || request.url === '/v1/messages' ? messages
      : request.url.endsWith('/responses') ? responses : undefined;
    if (request.method !== 'POST' || !events) {
      response.writeHead(404, { 'Content-Type': 'application/json' }).end('{}');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const event of events(JSON.parse(body))) {
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
