import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import JSZip from "jszip";
import { expect, test } from "vitest";
import { answer, expectCode, lab, nextWords, project, sam, samPkg, textOf } from "./project.ts";

interface Proof {
  readonly fixture: string;
  readonly image: string;
  /** What the recipe does, as it is in the layer's zip or in the function's Environment. */
  readonly part: { readonly link: string } | { readonly variable: string; readonly value: string };
  readonly answers: unknown;
  /** What the function says, or answers, when the recipe's part is taken away. */
  readonly without: object;
}

const says = (words: string): object => ({ errorMessage: expect.stringContaining(words) });

const proofs: readonly Proof[] = [
  {
    fixture: "magic",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11",
    part: { variable: "MAGIC", value: "/opt/usr/share/misc/magic.mgc" },
    answers: {
      type: "PNG image data, 1 x 1, 8-bit grayscale, non-interlaced",
      mime: "image/png",
      text: "text/plain",
    },
    without: says("could not find any valid magic files"),
  },
  {
    fixture: "mariadb-plugins",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11",
    part: { variable: "MARIADB_PLUGIN_DIR", value: "/opt/lib/libmariadb3/plugin" },
    answers: {
      client: expect.any(String),
      plugin: "caching_sha2_password",
      loaded: ["/opt/lib/libmariadb3/plugin/caching_sha2_password.so"],
    },
    without: says("Plugin caching_sha2_password could not be loaded: /usr/lib/"),
  },
  {
    fixture: "fontconfig",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11",
    part: { variable: "FONTCONFIG_PATH", value: "/opt/etc/fonts" },
    answers: {
      family: "DejaVu Serif",
      file: "/opt/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    },
    without: says("There is no font at all."),
  },
  {
    fixture: "xmlsec",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF",
    part: { link: "lib/libxmlsec1-openssl.so" },
    answers: {
      // SAM CLI makes files of a layer's links.
      loaded: [
        expect.stringMatching(/^\/opt\/lib\/libxmlsec1-openssl\.so(\.1)?$/),
        "/opt/lib/libxmlsec1.so.1",
      ],
    },
    without: says("xmlsec cannot load its cryptography"),
  },
];

test.each(proofs)(
  "$fixture works in the function by the recipe, and fails without it",
  async ({ fixture, image, part, answers, without }) => {
    const cwd = await project(`recipes/${fixture}`);
    const transformed = await samPkg(["transform", "--publish", "template"], { cwd });
    expectCode(transformed, 0);
    const [program, ...words] = nextWords(transformed);
    expect(program).toBe("sam");
    expectCode(await sam(words, { cwd }), 0);
    const invoke = ["local", "invoke", "Fn", "--invoke-image", lab(image), "--skip-pull-image"];
    expect(answer(await sam(invoke, { cwd }))).toEqual(answers);

    await takeAway(cwd, part);
    expect(answer(await sam(invoke, { cwd }))).toMatchObject(without);
  },
);

/** Takes what the recipe did out of the built artifacts; fails when it is not there. */
async function takeAway(cwd: string, part: Proof["part"]): Promise<void> {
  const output = await textOf(cwd, "template.sam-pkg.yaml");
  if ("link" in part) {
    const archive = join(cwd, /ContentUri: "?([^"\n]+\.zip)/.exec(output)?.[1] ?? "");
    const zip = await JSZip.loadAsync(await readFile(archive));
    expect(zip.file(part.link), part.link).not.toBeNull();
    zip.remove(part.link);
    await writeFile(archive, await zip.generateAsync({ type: "uint8array", platform: "UNIX" }));
    return;
  }
  const line = `${part.variable}: ${part.value}\n`;
  expect(output).toContain(line);
  const built = join(cwd, ".aws-sam/build/template.yaml");
  const text = await readFile(built, "utf8");
  expect(text).toContain(line);
  await writeFile(built, text.replace(line, "UNUSED: by anything\n"));
}
