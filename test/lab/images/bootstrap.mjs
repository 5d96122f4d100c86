#!/usr/bin/env node
// What Lambda starts: asks the Runtime API for one event after the other, and answers with what the handler returns.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { createRequire } from "node:module";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const post = (path, body) => fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body) });
const load = createRequire("/var/task/");

for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("Lambda-Runtime-Aws-Request-Id");
  const event = await next.json();
  try {
    const [file, name] = process.env["_HANDLER"].split(".");
    const result = await load(`./${file}`)[name](event, {});
    await post(`${id}/response`, result);
  } catch (error) {
    await post(`${id}/error`, { errorMessage: error.message, errorType: error.name });
  }
}
