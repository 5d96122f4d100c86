import type { Event, Listener } from "../report/events.ts";
import { printable } from "./text.ts";

/** Where progress goes: standard error, or a test's double. */
export interface Sink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Percent between two lines where the line cannot change in place. */
const STEP = 25;

/** A listener that renders what it hears. */
export interface Progress {
  readonly listener: Listener;
  /** Takes the changing line away, so that other text can follow. */
  clear(): void;
}

/**
 * Renders events: on a terminal a last line that changes in place, elsewhere (CI, a file) plain lines only.
 */
export function progress(sink: Sink): Progress {
  const reached = new Map<string, number>();
  let transient = false;
  const clear = (): void => {
    if (transient) sink.write("\r\u001B[2K");
    transient = false;
  };
  const line = (text: string): void => {
    clear();
    sink.write(`${text}\n`);
  };
  const status = (text: string): void => {
    if (!sink.isTTY) return;
    clear();
    sink.write(text.slice(0, (sink.columns ?? 80) - 1));
    transient = true;
  };
  const listener: Listener = (event) => {
    if (event.kind === "output") status(`  ${printable(event.line)}`);
    else if (event.kind === "packing") status(`  packing ${event.layer}`);
    else if (event.kind === "pull-progress") part("pulling", event.image, event.received, event.total);
    else if (event.kind === "upload-progress") part("uploading", event.place, event.sent, event.total);
    else line(describe(event));
  };
  const part = (doing: string, what: string, done: number, total: number): void => {
    const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
    if (sink.isTTY) return status(`  ${doing} ${what}: ${percent}% of ${size(total)}`);
    const step = Math.floor(percent / STEP) * STEP;
    if (step <= (reached.get(what) ?? -1)) return;
    reached.set(what, step);
    line(`${doing} ${what}: ${step}%`);
  };
  return { listener, clear };
}

/** A size in the decimal units that Docker prints. */
export function size(bytes: number): string {
  if (bytes <= 999_000) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

function describe(
  event: Exclude<Event, { kind: "pull-progress" | "upload-progress" | "packing" | "output" }>,
): string {
  switch (event.kind) {
    case "engine":
      return `using ${event.name} at ${event.endpoint}`;
    case "pulling":
      return `pulling ${event.image}`;
    case "pulled":
      return `pulled ${event.image}`;
    case "install":
      return `installing ${event.packages.join(", ")} in ${event.image} with ${event.manager}`;
    case "build-image":
      return `build image ${event.tag} ${event.reused ? "is there already" : "made"}: ${event.packages.join(", ")}`;
    case "layer":
      return `layer ${event.name}: ${count(event.files, "file")}, ${size(event.bytes)}, sha256:${event.digest.slice(0, 12)}${loadTest(event.loadTest)}`;
    case "resolved":
      return `${event.request} → ${event.package} ${event.version}`;
    case "nothing-to-ship":
      return `no layer for ${event.packages.join(", ")}: the packages bring nothing that the runtime lacks`;
    case "published":
      if (event.as === "resource") return `layer resource ${event.reference} goes into the template`;
      return event.reused
        ? `the same content is published already: ${event.reference}`
        : `published ${event.reference}`;
    case "uploaded":
      return event.reused ? `the archive is there already: ${event.place}` : `uploaded ${event.place}`;
    case "shared":
      return `${event.reference} ${event.widened ? "can now be" : "could already be"} used by ${event.with}`;
    case "deleted":
      return `deleted ${event.reference}`;
    case "note":
    case "warning":
      return `${event.kind}: ${event.message}${event.hint === undefined ? "" : `\n  hint: ${event.hint}`}`;
  }
}

function loadTest(test: { readonly tried: number; readonly loaded: number } | undefined): string {
  return test ? `; ${test.loaded} of ${count(test.tried, "library", "libraries")} loaded` : "";
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
