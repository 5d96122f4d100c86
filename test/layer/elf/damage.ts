/** Values at which sizes, offsets and counts go wrong. */
const edges = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 20, 24, 32, 40, 56, 64, 0x7f, 0x80, 0xff, 0x100, 0x1000, 0x7fff, 0x8000,
  0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff,
];

/** A source of numbers below a limit. */
export type Below = (limit: number) => number;

/** A pseudo-random source (mulberry32): the same numbers for the same seed. */
export function random(seed: number): Below {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** A file to damage, and the ranges (start, end) that a reader looks at. */
export type Victim = { name: string; bytes: Uint8Array; hot: [number, number][] };

/**
 * Damages a copy of the victim, in `space`, at one to four places: flipped bits, runs of 0x00 or 0xff, edge values of
 * 16, 32 and 64 bits, text of the file moved elsewhere, truncation. Returns the damaged file, a view into `space`.
 */
export function damage(victim: Victim, below: Below, space: Uint8Array): Uint8Array {
  const { bytes, hot } = victim;
  const copy = space.subarray(0, bytes.length);
  copy.set(bytes);
  const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
  let end = bytes.length;
  for (let left = 1 + below(4); left > 0; left--) {
    const range = below(8) === 0 ? undefined : hot[below(hot.length)];
    const [from, to] = range ?? [0, bytes.length];
    const at = from + below(to - from);
    const kind = below(16);
    if (kind < 4) copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
    else if (kind < 6) copy[at] = below(256);
    else if (kind < 8) copy.fill(kind === 6 ? 0 : 0xff, at, at + 1 + below(32));
    else if (kind < 14) writeEdge(view, at, kind, below);
    else if (kind === 14) copy.copyWithin(at, below(bytes.length), below(bytes.length));
    else end = below(2) === 0 ? at : below(bytes.length);
  }
  return copy.subarray(0, end);
}

function writeEdge(view: DataView, at: number, kind: number, below: Below): void {
  // Fields are aligned: most edge values should hit one whole.
  const aligned = below(8) === 0 ? at : at & ~(kind < 10 ? 1 : kind < 12 ? 3 : 7);
  const near = below(3) === 0 ? view.byteLength - 32 + below(64) : (edges[below(edges.length)] ?? 0);
  const little = below(8) !== 0;
  if (kind < 10 && aligned + 2 <= view.byteLength) view.setUint16(aligned, near & 0xffff, little);
  else if (kind < 12 && aligned + 4 <= view.byteLength) view.setUint32(aligned, near, little);
  else if (aligned + 8 <= view.byteLength) {
    const high = below(2) === 0 ? 0 : (edges[below(edges.length)] ?? 0);
    view.setUint32(aligned, little ? near : high, little);
    view.setUint32(aligned + 4, little ? high : near, little);
  }
}
