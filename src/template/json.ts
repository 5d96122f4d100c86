// The nodes of a JSON text, which may hold what no YAML may: tabs as indentation, long keys, control characters.
import type { Entry, Use } from "./yaml/nodes.ts";
import { Node } from "./yaml/nodes.ts";

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /"(?:[^"\\]+|\\[^])*"|[^\s,\]}]+/y;

/** The root's node. Only for a text that `JSON.parse` takes. */
export function composeJson(text: string): Use {
  return new JsonComposer(text).root();
}

class JsonComposer {
  private readonly text: string;
  private pos = 0;

  constructor(text: string) {
    this.text = text;
  }

  root(): Use {
    this.skip(SPACE);
    return this.value();
  }

  private value(): Use {
    const start = this.pos;
    const open = this.text[start];
    if (open !== "{" && open !== "[") {
      const source = this.skip(SCALAR);
      const quoted = open === '"';
      const tag = `tag:yaml.org,2002:${quoted ? "str" : source === "null" ? "null" : "int"}`;
      const text = quoted ? (JSON.parse(source) as string) : source;
      return useOf(Node.scalar(tag, [start, start, this.pos], text));
    }
    this.pos++;
    const mapping = open === "{";
    const node = Node.collection(mapping ? "mapping" : "sequence", "flow", start);
    for (;;) {
      this.skip(SPACE);
      if (this.text[this.pos] === "," || this.text[this.pos] === (mapping ? "}" : "]")) {
        if (this.text[this.pos++] !== ",") break;
        this.skip(SPACE);
      }
      node.entries.push(this.entry(mapping));
    }
    node.end = this.pos;
    return useOf(node);
  }

  private entry(keyed: boolean): Entry {
    const start = this.pos;
    if (!keyed) return { start, after: start, value: this.value() };
    const key = this.value();
    this.skip(SPACE);
    const after = ++this.pos;
    this.skip(SPACE);
    return { start, after, key, value: this.value() };
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.pos;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.pos += found.length;
    return found;
  }
}

function useOf(node: Node): Use {
  return { node, start: node.start, end: node.end };
}
