import * as fc from "fast-check";
import type { LayerFile } from "../../src/layer/file.ts";

/** A layer's file; `text` is its content. */
export function layerFile(path: string, text = path, mode = 0o644): LayerFile {
  return { path, mode, bytes: new TextEncoder().encode(text), source: `/usr/${path}`, package: "p" };
}

/** Files of any content under different paths, and the same files in another order. */
export const shuffledFiles: fc.Arbitrary<[LayerFile[], LayerFile[]]> = fc
  .uniqueArray(
    fc.record({
      path: fc.stringMatching(/^(lib|bin|etc)(\/[A-Za-z0-9_+é-][A-Za-z0-9_.+é-]{0,11}){1,3}$/),
      mode: fc.constantFrom(0o644, 0o755),
      bytes: fc.uint8Array({ maxLength: 200 }),
      source: fc.string(),
      package: fc.string(),
    }),
    { selector: ({ path }) => path, maxLength: 8 },
  )
  .chain((files) => fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })));
