import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/**
 * What SAM's own reader makes of a text: a value in JSON's kinds with every key a string, or why it refuses, and the
 * places (line:column) that it names.
 */
export type Verdict =
  | { readonly value: unknown; readonly odd: boolean }
  | { readonly error: string; readonly places: readonly string[] };

/** SAM's reader, in its own Python, as long as it is not closed. */
export class Judge {
  private readonly child;
  private readonly waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];

  /** @param sam path of the SAM CLI, whose virtual environment is used */
  constructor(sam: string) {
    const script = join(import.meta.dirname, "judge.py");
    this.child = spawn(join(dirname(sam), "python"), [script], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.resolve(line));
    this.child.once("close", () => {
      for (const { reject } of this.waiting) reject(new Error("the judge has ended"));
    });
  }

  async read(texts: readonly string[]): Promise<Verdict[]> {
    const batch = texts.map((text) => Buffer.from(text).toString("base64"));
    const answered = new Promise<string>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.child.stdin.write(`${JSON.stringify(batch)}\n`);
    return (JSON.parse(await answered) as unknown[]).map(verdictOf);
  }

  close(): void {
    this.child.stdin.end();
  }
}

function verdictOf(answer: unknown): Verdict {
  const { value, ...refusal } = answer as { value?: unknown; error?: string };
  if (refusal.error !== undefined) return refusal as Verdict;
  const oddities = { count: 0 };
  return { value: decode(value, oddities), odd: oddities.count > 0 };
}

/** Counts in `odd` what a template's value cannot be: sets, bytes, rings, keys that are one to JSON and two to Python. */
function decode(value: unknown, odd: { count: number }): unknown {
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((item) => decode(item, odd));
  const { d, n } = value as { d?: [unknown, unknown][]; n?: string };
  if (n !== undefined) return numberOf(n);
  if (d === undefined) return odd.count++;
  const entries = d.map(([key, item]) => [String(decode(key, odd)), decode(item, odd)] as const);
  if (new Set(entries.map(([key]) => key)).size < entries.length) odd.count++;
  return Object.fromEntries(entries);
}

function numberOf(text: string): number {
  if (text.startsWith("-0x")) return -Number(text.slice(1));
  if (text.endsWith("inf")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}
