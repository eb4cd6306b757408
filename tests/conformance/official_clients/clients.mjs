// clients.mjs NODE_FOLDER URL: the official clients read what the server at URL answers, and get what it means.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, url] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'package.json'));
const { OpenAI } = require('openai');
const { Ollama } = require('ollama');
const { CohereClientV2 } = require('cohere-ai');

const TEXTS = ['ab "\\\n', '\u00e9', 'abcdefghijk'];
const SIZES = TEXTS.map((text) => Buffer.byteLength(text));
const ANSWER = 'A \u{1f986} says \u00e9.';
const MESSAGES = [{ role: 'user', content: 'What does it say?' }];

const firsts = (rows) => Array.from(rows, (row) => row[0]);

async function checkOpenai() {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
  for (const format of [undefined, 'float', 'base64']) {
    // Without a format the client asks for base64, and decodes it.
    const reply = await client.embeddings.create({ model: 'm', input: TEXTS, dimensions: 5, encoding_format: format });
    const rows = reply.data.sort((a, b) => a.index - b.index).map((item) => item.embedding);
    if (format === 'base64') {
      assert.ok(rows.every((row) => typeof row === 'string' && Buffer.from(row, 'base64').length === 20));
      continue;
    }
    assert.deepEqual(firsts(rows), SIZES);
    assert.ok(rows.every((row) => row.length === 5));
    assert.equal(reply.usage.prompt_tokens, 7);
  }
  const whole = await client.chat.completions.create({ model: 'm', messages: MESSAGES });
  assert.equal(whole.choices[0].message.content, ANSWER);
  assert.equal(whole.choices[0].finish_reason, 'stop');
  assert.equal(whole.usage.completion_tokens, 4);

  const stream = await client.chat.completions.create({
    model: 'm', messages: MESSAGES, stream: true, stream_options: { include_usage: true },
  });
  const seen = { text: '', finish: null, usage: null };
  for await (const chunk of stream) {
    seen.text += chunk.choices[0]?.delta?.content ?? '';
    seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
    seen.usage = chunk.usage ?? seen.usage;
  }
  assert.equal(seen.text, ANSWER);
  assert.equal(seen.finish, 'stop');
  assert.equal(seen.usage.total_tokens, 13);
  assert.equal((await client.models.list()).data[0].id, 'model-1');
}

async function checkOllama() {
  const client = new Ollama({ host: url });
  const reply = await client.embed({ model: 'm', input: TEXTS, dimensions: 5 });
  assert.deepEqual(firsts(reply.embeddings), SIZES);
  assert.equal(reply.prompt_eval_count, 7);

  const whole = await client.chat({ model: 'm', messages: MESSAGES });
  assert.equal(whole.message.content, ANSWER);
  assert.equal(whole.done_reason, 'stop');

  let text = '';
  let last = null;
  for await (const part of await client.chat({ model: 'm', messages: MESSAGES, stream: true })) {
    text += part.message.content;
    last = part;
  }
  assert.equal(text, ANSWER);
  assert.ok(last.done);
  assert.equal(last.eval_count, 4);
}

async function checkCohere() {
  const client = new CohereClientV2({ token: 'none', environment: url, maxRetries: 0 });
  const reply = await client.embed({
    model: 'm', texts: TEXTS, inputType: 'search_document', embeddingTypes: ['float'], outputDimension: 5,
  });
  assert.deepEqual(firsts(reply.embeddings.float), SIZES);
  assert.equal(reply.meta.billedUnits.inputTokens, 7);

  const ranking = await client.rerank({ model: 'm', query: 'question?', documents: TEXTS });
  assert.deepEqual(ranking.results.map((item) => item.index), [0, 1, 2]);
  for (const item of ranking.results) assert.ok(Math.abs(item.relevanceScore - 1 / (1 + SIZES[item.index])) < 1e-5);
}

for (const [name, check] of Object.entries({ openai: checkOpenai, ollama: checkOllama, cohere: checkCohere })) {
  await check();
  console.log(`${name}: all replies read`);
}
