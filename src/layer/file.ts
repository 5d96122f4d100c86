/** A file of a layer. The path is relative to the layer's root, which Lambda unpacks to `/opt`. */
export interface LayerFile {
  readonly path: string;
  /** 0o644, or 0o755 for programs. */
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** Where the file lay in the runtime image. */
  readonly source: string;
  /** The package that owns it. */
  readonly package: string;
}
