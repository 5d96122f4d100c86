import * as fc from "fast-check";
import type { LayerFile } from "../../src/layer/file.ts";

/** A layer's file; `text` is its content. */
export function layerFile(path: string, text = path, mode = 0o644): LayerFile {
  const bytes = new TextEncoder().encode(text);
  return { path, mode, bytes, link: false, source: `/usr/${path}`, package: "p", reasons: [] };
}

/** A further name of a layer's file, in the same folder. */
export function layerLink(path: string, target: string): LayerFile {
  return { ...layerFile(path, target), link: true };
}

/** Files of any content under different paths, and the same files in another order. */
export const shuffledFiles: fc.Arbitrary<[LayerFile[], LayerFile[]]> = fc
  .uniqueArray(
    fc.record({
      path: fc.stringMatching(/^(lib|bin|etc)(\/[A-Za-z0-9_+é-][A-Za-z0-9_.+é-]{0,11}){1,3}$/),
      mode: fc.constantFrom(0o644, 0o755),
      bytes: fc.uint8Array({ maxLength: 200 }),
      link: fc.boolean(),
      source: fc.string(),
      package: fc.string(),
      reasons: fc.constant([]),
    }),
    { selector: ({ path }) => path, maxLength: 8 },
  )
  .chain((files) => fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })));
