// Tokens that may turn out to be keys: a colon behind them on their line makes them one.
import type { Cursor } from "./cursor.ts";

/** A token that turns out to start a key if a colon follows on its line. */
export interface PossibleKey {
  /** How many tokens come before it. */
  readonly number: number;
  /** Of the flow collections around it. */
  readonly level: number;
  /** In a block mapping, where nothing but a key can stand. */
  readonly required: boolean;
  readonly start: number;
  readonly line: number;
  readonly column: number;
}

const LONGEST_KEY = 1024;

/** At most one a level of flow collections. */
export class PossibleKeys {
  private readonly at: Cursor;
  /** Outer ones first, which are the older ones. */
  private readonly keys: PossibleKey[] = [];

  constructor(at: Cursor) {
    this.at = at;
  }

  /** How many tokens come before the oldest. */
  get first(): number | undefined {
    return this.keys[0]?.number;
  }

  save(level: number, number: number, required: boolean): void {
    this.drop(level);
    const { pos: start, line, column } = this.at;
    this.keys.push({ number, level, required, start, line, column });
  }

  /** The level's key, which is one now. */
  take(level: number): PossibleKey | undefined {
    return this.keys.at(-1)?.level === level ? this.keys.pop() : undefined;
  }

  /** The level's key is none; throws if it had to be one. */
  drop(level: number): void {
    const key = this.keys.at(-1);
    if (key?.level !== level) return;
    this.require(key);
    this.keys.pop();
  }

  /** A key ends on its line and is not long. */
  dropStale(): void {
    for (let key = this.keys[0]; key && this.isStale(key); key = this.keys[0]) {
      this.require(key);
      this.keys.shift();
    }
  }

  clear(): void {
    this.keys.length = 0;
  }

  private isStale({ line, start }: PossibleKey): boolean {
    if (line !== this.at.line) return true;
    if (this.at.pos - start <= LONGEST_KEY) return false;
    const pairs = this.at.text.slice(start, this.at.pos).match(/[\uD800-\uDBFF]/g)?.length ?? 0;
    return this.at.pos - start - pairs > LONGEST_KEY;
  }

  private require(key: PossibleKey): void {
    if (!key.required) return;
    const long = this.at.line === key.line && this.at.pos - key.start > LONGEST_KEY;
    this.at.fail(long ? "a key has at most 1,024 characters" : "a key without a colon behind it", key.start);
  }
}
