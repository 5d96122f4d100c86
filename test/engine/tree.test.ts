import { posix } from "node:path";
import { expect, test } from "vitest";
import type { ArchiveEntry } from "../../src/engine/docker/archive.ts";
import type { TreeSource } from "../../src/engine/docker/tree.ts";
import { Tree } from "../../src/engine/docker/tree.ts";

const FOLDERS = ["/lib64", "/usr/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"];

/** An engine's answers: files by path and links by path; like Docker's it resolves the last part of a path only. */
function engineWith(
  files: Record<string, string>,
  links: Record<string, string> = {},
): TreeSource & { calls: string[] } {
  const calls: string[] = [];
  const real = (path: string): string => {
    const parts = path.split("/").slice(1);
    let at = "";
    for (const part of parts) {
      at = `${at}/${part}`;
      const target = links[at];
      if (target !== undefined) at = real(posix.resolve(posix.dirname(at), target));
    }
    return at;
  };
  const isThere = (path: string): boolean =>
    [...Object.keys(files), ...Object.keys(links)].some((one) => one === path || one.startsWith(`${path}/`));
  return {
    calls,
    resolve: (path) => {
      const target = links[posix.join(real(posix.dirname(path)), posix.basename(path))];
      const found = target === undefined ? path : real(path);
      return Promise.resolve(isThere(real(path)) ? found : undefined);
    },
    read: (path) => {
      calls.push(`read ${path}`);
      const content = files[real(path)];
      return Promise.resolve(
        content === undefined ? undefined : { path, mode: 0o644, bytes: Buffer.from(content) },
      );
    },
    entries: (folder, keep) => {
      calls.push(`entries ${folder}`);
      const inside = (path: string): boolean => path.startsWith(`${folder}/`);
      const found: ArchiveEntry[] = Object.entries(files)
        .filter(([path]) => inside(path))
        .map(([path, content]) => {
          const name = path.slice(folder.length + 1);
          const entry = { type: "file", name, mode: 0o644 } as const;
          return keep(name, content.length) ? { ...entry, bytes: Buffer.from(content) } : entry;
        });
      for (const [path, target] of Object.entries(links)) {
        if (inside(path)) found.push({ type: "link", name: path.slice(folder.length + 1), target });
      }
      return Promise.resolve(found);
    },
  };
}

const text = async (tree: Tree, path: string): Promise<string | undefined> => {
  const file = await tree.read(path);
  return file && `${file.path}: ${Buffer.from(file.bytes).toString()}`;
};

test("a file has one path, by whatever linked folder it is asked for", async () => {
  const engine = engineWith(
    { "/usr/lib/x86_64-linux-gnu/libz.so.1.2": "z" },
    { "/lib": "usr/lib", "/usr/lib/x86_64-linux-gnu/libz.so.1": "libz.so.1.2" },
  );
  const tree = new Tree(engine, FOLDERS);
  const place = "/usr/lib/x86_64-linux-gnu/libz.so.1.2: z";
  expect(await text(tree, "/lib/x86_64-linux-gnu/libz.so.1")).toBe(place);
  expect(await text(tree, "/usr/lib/x86_64-linux-gnu/libz.so.1.2")).toBe(place);
  expect(engine.calls).toEqual(["entries /usr/lib/x86_64-linux-gnu"]);
});

test("alternatives outside of the folder are followed, and back", async () => {
  const engine = engineWith(
    { "/usr/lib64/blas/libblas.so.3": "b", "/etc/x": "" },
    {
      "/usr/lib64/libblas.so.3": "/etc/alternatives/libblas",
      "/etc/alternatives/libblas": "/usr/lib64/blas/libblas.so.3",
    },
  );
  expect(await text(new Tree(engine, FOLDERS), "/usr/lib64/libblas.so.3")).toBe(
    "/usr/lib64/blas/libblas.so.3: b",
  );
});

test("what is not there costs no request, a loop ends", async () => {
  const engine = engineWith(
    { "/usr/lib64/a.so": "a" },
    { "/usr/lib64/l.so": "m.so", "/usr/lib64/m.so": "l.so" },
  );
  const tree = new Tree(engine, FOLDERS);
  expect(await tree.read("/usr/lib64/none.so")).toBeUndefined();
  expect(await tree.read("/usr/lib64/l.so")).toBeUndefined();
  expect(await tree.read("/var/lang/lib/none.so")).toBeUndefined();
  expect(engine.calls).toEqual(["entries /usr/lib64"]);
});

test("large files that are no libraries are asked for when they are wanted", async () => {
  const engine = engineWith({ "/usr/lib64/data.bin": "x".repeat(100_000), "/usr/lib64/small.xml": "s" });
  const tree = new Tree(engine, FOLDERS);
  expect(await text(tree, "/usr/lib64/small.xml")).toBe("/usr/lib64/small.xml: s");
  expect((await tree.read("/usr/lib64/data.bin"))?.bytes).toHaveLength(100_000);
  expect(engine.calls).toEqual(["entries /usr/lib64", "read /usr/lib64/data.bin"]);
});

test("what is listed is read without another request", async () => {
  const engine = engineWith({ "/etc/fonts/fonts.conf": "c", "/etc/fonts/conf.d/a.conf": "a" });
  const tree = new Tree(engine, FOLDERS);
  expect(await tree.list("/etc/fonts")).toEqual(["/etc/fonts/fonts.conf", "/etc/fonts/conf.d/a.conf"]);
  expect(await text(tree, "/etc/fonts/conf.d/a.conf")).toBe("/etc/fonts/conf.d/a.conf: a");
  expect(await tree.list("/etc/none")).toEqual([]);
  expect(engine.calls).toEqual(["entries /etc/fonts"]);
});
