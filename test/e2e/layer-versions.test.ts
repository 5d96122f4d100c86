// Packages on the template's own layers: SAM builds them in their images, and functions get the libraries.
import { dirname, delimiter, join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { answer, expectCode, lab, project, sam, samPkg } from "./project.ts";

const template = (build: string): string => `Transform: AWS::Serverless-2016-10-31
Metadata:
  Packages:
    BuildImage: ${lab("LAB_IMAGE_BUILD_PYTHON3_11")}
    RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11")}
Resources:
  Driver:
    Type: AWS::Serverless::LayerVersion
    Metadata:
      BuildMethod: python3.11
      Packages:
        Build: [${build}]
        Runtime: [libmariadb3]
    Properties:
      ContentUri: driver/
      CompatibleRuntimes: [python3.11]
  Report:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      CodeUri: app/
      Timeout: 30
      Layers: [!Ref Driver]
`;

test("a layer's driver is built in its image; the function that lists the layer finds the library", async () => {
  const cwd = await project("quickstart", { "template.yaml": template("libmariadb-dev, pkg-config") });
  await mkdir(join(cwd, "driver"));
  await writeFile(join(cwd, "driver/requirements.txt"), "mysqlclient==2.2.7\n");
  await writeFile(join(cwd, "app/requirements.txt"), "");
  const env = { PATH: `${dirname(lab("SAM"))}${delimiter}${process.env["PATH"] ?? ""}` };
  // the function itself needs no image of its own, but SAM builds in containers all or none
  const args = [
    "build",
    "--publish",
    "template",
    "--cached",
    "--build-image",
    `Report=${lab("LAB_IMAGE_BUILD_PYTHON3_11")}`,
    "--skip-pull-image",
  ];
  const built = await samPkg(args, { cwd, env });
  expectCode(built, 0);
  expect(built.stderr).toContain("wrote template.sam-pkg.yaml: 1 function and 1 layer with packages\n");
  expect(built.stderr).toContain("--build-image Driver=samcli/lambda-sampkg-quickstart-driver:latest");
  const words = ["local", "invoke", "Report", "--invoke-image", lab("LAB_IMAGE_RUNTIME_PYTHON3_11")];
  const invoked = await sam([...words, "--skip-pull-image"], { cwd });
  expect(answer(invoked)).toMatchObject({ loaded: ["/opt/lib/libmariadb.so.3"] });

  const again = await samPkg(args, { cwd, env });
  expectCode(again, 0);
  expect(again.stderr).toContain(
    "Valid cache found, copying previously built resources for following layers (Driver)",
  );
  // SAM's cache of a layer does not look at images
  await writeFile(join(cwd, "template.yaml"), template("libmariadb-dev, pkg-config, make"));
  const changed = await samPkg(args, { cwd, env });
  expectCode(changed, 0);
  expect(changed.stderr).toContain(
    "Cache is invalid, running build and copying resources for following layers (Driver)",
  );
});
