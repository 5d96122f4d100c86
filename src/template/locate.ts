// Where things are in a template's text, by the nodes of its YAML or JSON: offsets only, never a value.
import type { Position } from "../report/diagnostic.ts";
import { Found } from "./found.ts";
import { composeJson } from "./json.ts";
import { readJson } from "./parse.ts";
import { compose } from "./yaml/compose.ts";
import { lineStarts } from "./yaml/cursor.ts";
import type { Node, Use } from "./yaml/nodes.ts";

/** The way to a value from the template's root: keys and indexes. Short forms count as their long ones. */
export type Path = readonly (string | number)[];

/** Reads a text as `parseTemplate` does, and throws what it throws. */
export function locate(text: string): Locator {
  return new Locator(text, readJson(text) === undefined ? compose(text) : composeJson(text));
}

/** Answers where things are. */
export class Locator {
  readonly text: string;
  private readonly root: Found | undefined;
  private starts: readonly number[] | undefined;
  private noted: Layout | undefined;

  constructor(text: string, root: Use | undefined) {
    this.text = text;
    if (!root) return;
    this.root = new Found(this, root, { start: 0, after: 0, flow: false });
  }

  /** The value at the path, if it is written there: what comes from an alias or a merge is not. */
  find(path: Path): Found | undefined {
    let found = this.root;
    for (const key of path) found = found?.child(key);
    return found;
  }

  /** The key's position, else the value's, else that of the nearest value above. */
  positionOf(path: Path): Position {
    let found = this.root;
    for (const key of path) {
      const child: Found | undefined = found?.child(key);
      if (!child) break;
      found = child;
    }
    return found ? this.positionAt(found.keyStart ?? found.start) : { line: 1, column: 1 };
  }

  positionAt(offset: number): Position {
    this.starts ??= lineStarts(this.text);
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: Math.max(1, offset - (this.starts[low] ?? 0) + 1) };
  }

  /** By how much a nested block mapping is indented in this text: its most frequent step, 2 if it has none. */
  get step(): number {
    return this.layout.step;
  }

  /** Whether block sequences stand to the right of their keys in this text. */
  get indentedSequences(): boolean {
    return this.layout.indentedSequences;
  }

  private get layout(): Layout {
    this.noted ??= this.note();
    return this.noted;
  }

  private note(): Layout {
    const steps = new Map<number, number>();
    let sequences = 0; // indented ones less those that are not
    const column = (node: Node): number => this.positionAt(node.entries[0]?.start ?? node.content).column;
    const visit = (node: Node): void => {
      for (const { key, value } of node.entries) {
        if (value.alias !== undefined) continue;
        if (key && node.style === "block" && value.node.style === "block" && value.node.entries.length > 0) {
          const step = column(value.node) - column(node);
          if (value.node.kind === "mapping") steps.set(step, (steps.get(step) ?? 0) + 1);
          else sequences += step > 0 ? 1 : -1;
        }
        visit(value.node);
      }
    };
    if (this.root) visit(this.root.use.node);
    let best = 2;
    for (const [step, count] of steps) if (count > (steps.get(best) ?? 0)) best = step;
    return { step: best, indentedSequences: sequences >= 0 };
  }
}

interface Layout {
  readonly step: number;
  readonly indentedSequences: boolean;
}
