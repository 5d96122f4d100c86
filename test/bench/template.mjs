// What rewriting a template of 1 MB with 500 functions takes, against reading it once with both readers: ours, and
// yaml-cfn, the second opinion. Each in a process of its own, as in a user's run. Needs dist/.
import { execFileSync } from "node:child_process";
import { yamlParse } from "yaml-cfn";
import { proveEdits } from "../../dist/src/template/edit.js";
import { Template } from "../../dist/src/template/template.js";

const FUNCTIONS = 500;
const ROUNDS = 5;

const policy = (at) => `        - Statement:
            - Effect: Allow
              Action: [s3:GetObject, s3:PutObject] # bucket ${at}
              Resource: !Sub arn:aws:s3:::bucket-${at}/*
`;
const policies = [0, 1, 2, 3, 4, 5, 6, 7].map(policy).join("");
const one = (at) => `  Function${at}:
    Type: AWS::Serverless::Function
    Metadata:
      Packages: {Runtime: [libpq]}
    Properties:
      Runtime: python3.12
      Handler: app.handler
      Description: "${"lorem ipsum ".repeat(50)}"
      Environment:
        Variables:
          NAME: !Sub "\${AWS::Region}-${at}"
          TABLE: !GetAtt Table.Arn
      Policies:
${policies}      Layers:
        - !Ref Base
`;
const text = `Resources:\n${Array.from({ length: FUNCTIONS }, (_none, at) => one(at)).join("")}`;
const arn = "arn:aws:lambda:us-east-1:123456789012:layer:x:1";
const edits = Array.from({ length: FUNCTIONS }, (_none, at) => ["Resources", `Function${at}`]).flatMap(
  (path) => [
    { op: "append", path: [...path, "Properties", "Layers"], value: arn },
    { op: "set", path: [...path, "Metadata", "SamPkg"], value: { Layer: arn } },
  ],
);

const WORK = {
  // Proven before anything is made, and before it is written.
  rewrite: () => {
    const template = new Template(text);
    proveEdits(template, edits);
    proveEdits(template, edits);
  },
  read: () => {
    const template = new Template(text);
    yamlParse(template.text);
  },
};

const [what] = process.argv.slice(2);
if (what) {
  const start = performance.now();
  WORK[what]();
  process.stdout.write(`${performance.now() - start}`);
} else {
  const median = (name) => {
    const times = Array.from({ length: ROUNDS }, () =>
      Number(execFileSync(process.execPath, [import.meta.filename, name])),
    );
    return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] / 1000;
  };
  const [read, rewrite] = [median("read"), median("rewrite")];
  const size = (text.length / 1e6).toFixed(2);
  process.stdout.write(
    `a template of ${size} MB, ${FUNCTIONS} functions: read by both readers ${read.toFixed(3)} s, rewritten ${rewrite.toFixed(3)} s, ${(rewrite / read).toFixed(2)} times as long\n`,
  );
}
