// Two judges of a rewritten template: SAM's own reader says what it means, a difference of texts what was touched.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import type { Edit, Json } from "../../src/template/edit.ts";

/** A template, and what was made of it. */
export interface JudgedCase {
  readonly before: string;
  /** What sam-pkg reads in it. */
  readonly meaning: Json;
  readonly outputs: readonly {
    readonly mode: string;
    readonly after: string;
    readonly edits: readonly Edit[];
    /** What every function with runtime packages must have in its Layers. */
    readonly layer: string;
  }[];
}

/** What SAM's reader finds wrong, case by case. One process of SAM's Python for all. */
export async function judgeEdits(sam: string, cases: readonly JudgedCase[]): Promise<string[][]> {
  const python = join(dirname(sam), "python");
  const child = spawn(python, [join(import.meta.dirname, "judge-edits.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stdin.end(JSON.stringify(cases, withAllNumbers));
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return JSON.parse(output) as string[][];
}

/** JSON has no infinities. */
function withAllNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { "\0number": String(value) } : value;
}

/** Text of `before` that is not in `after`, or new in it; offsets are those of `before`. */
interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly removed: string;
  readonly added: string;
}

/** The smallest difference of two texts, by words within lines. */
export function textChanges(before: string, after: string): TextChange[] {
  return changes(lines(before), lines(after)).flatMap(({ start, removed, added }) =>
    changes(words(removed), words(added)).map((change) => ({
      ...change,
      start: start + change.start,
      end: start + change.end,
    })),
  );
}

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const words = (text: string): string[] => text.match(/\r?\n|[ \t]+|\w+|[^]/g) ?? [];

function changes(before: readonly string[], after: readonly string[]): TextChange[] {
  const found: TextChange[] = [];
  let offset = 0;
  let start = 0;
  let removed: string[] = [];
  let added: string[] = [];
  const close = (): void => {
    const [gone, come] = [removed.join(""), added.join("")];
    if (gone + come !== "") found.push({ start, end: start + gone.length, removed: gone, added: come });
    [removed, added] = [[], []];
  };
  for (const [kind, text] of steps(before, after)) {
    if (kind === "same") close();
    if (removed.length + added.length === 0) start = offset;
    if (kind === "removed") removed.push(text);
    if (kind === "added") added.push(text);
    if (kind !== "added") offset += text.length;
  }
  close();
  return found;
}

type Step = readonly [kind: "same" | "removed" | "added", text: string];

function goesDown(round: ReadonlyMap<number, number>, d: number, k: number): boolean {
  return k === -d || (k !== d && (round.get(k - 1) ?? -1) < (round.get(k + 1) ?? -1));
}

/** Myers, "An O(ND) difference algorithm": the shortest way from one list to the other. */
function steps(before: readonly string[], after: readonly string[]): Step[] {
  const reached = new Map<number, number>([[1, 0]]);
  const rounds: Map<number, number>[] = [];
  search: for (let d = 0; ; d++) {
    rounds.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(reached, d, k) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      reached.set(k, x);
      if (x >= before.length && x - k >= after.length) break search;
    }
  }
  const way: Step[] = [];
  let [x, y] = [before.length, after.length];
  for (let d = rounds.length - 1; d >= 0; d--) {
    const round = rounds[d] ?? reached;
    const k = x - y;
    const fromK = goesDown(round, d, k) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (round.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      way.push(["same", before[--x] ?? ""]);
      y--;
    }
    if (d === 0) break;
    if (x > fromX) way.push(["removed", before[--x] ?? ""]);
    else way.push(["added", after[--y] ?? ""]);
  }
  return way.toReversed();
}
