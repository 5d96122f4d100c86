import { createHash } from "node:crypto";
import { invalid } from "./validate.ts";

/** One page of a listing. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/** Cuts listings into pages: every listing in an order of its own, which its markers keep. */
export class Pages {
  readonly #seed: number;
  readonly #size: number;
  #listings = 0;

  constructor(seed: number, size: number) {
    this.#seed = seed;
    this.#size = size;
  }

  /** The page that `marker` leads to. `scope` names the listing and its filters: a marker is good for no other. */
  page<T>(scope: string, all: readonly T[], idOf: (item: T) => string, ask: Ask): Page<T> {
    const { listing, after } =
      ask.marker === undefined ? { listing: ++this.#listings, after: "" } : this.#read(ask.marker, scope);
    // Ordered by a hash and cut after a hash, so that what comes and goes meanwhile repeats and hides nothing else.
    const keyed = all
      .map((item) => ({ item, key: this.#hash(`${listing} ${idOf(item)}`) }))
      .filter(({ key }) => key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const shown = keyed.slice(0, Math.min(this.#size, ask.max ?? this.#size));
    const items = shown.map(({ item }) => item);
    const last = shown.at(-1);
    if (!last || shown.length === keyed.length) return { items };
    return { items, next: this.#write(listing, last.key, scope) };
  }

  #write(listing: number, after: string, scope: string): string {
    const text = `${listing}.${after}`;
    return Buffer.from(`${text}.${this.#hash(`${text} ${scope}`)}`).toString("base64");
  }

  #read(marker: string, scope: string): { listing: number; after: string } {
    const [listing = "", after = "", proof] = Buffer.from(marker, "base64").toString("latin1").split(".");
    if (proof !== this.#hash(`${listing}.${after} ${scope}`)) throw invalid("Invalid Marker");
    return { listing: Number(listing), after };
  }

  #hash(text: string): string {
    return createHash("sha256").update(`${this.#seed} ${text}`).digest("hex");
  }
}

/** What a caller says about the page it wants. */
export interface Ask {
  readonly marker: string | undefined;
  readonly max: number | undefined;
}
