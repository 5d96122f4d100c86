import { randomUUID } from "node:crypto";
import type { Statement } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import type { Input, LambdaOperation } from "./lambda-operation.ts";
import type { LayerPolicy } from "./layer-store.ts";
import { notFound, versionArn } from "./layer-model.ts";
import { versionResource } from "./layers.ts";
import { Refusal } from "./refusal.ts";
import { invalid, stringOf } from "./validate.ts";

const POLICY_LIMIT = 20480;
const STATEMENT_ID = { required: true, min: 1, max: 100, pattern: /([a-zA-Z0-9-_]+)/ };

/** What grants, shows and withdraws the use of a layer version. */
export const sharingOperations: readonly LambdaOperation[] = [
  {
    name: "AddLayerVersionPermission",
    method: "POST",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions\/([^/]+)\/policy$/,
    resource: versionResource,
    prepare: (cloud, input) => {
      const arn = versionArn(cloud, input.parts[0], input.parts[1]);
      const statement = statementOf(cloud, arn, input.body);
      return () => {
        if (!cloud.layers.live.has(arn)) throw notFound();
        const policy = cloud.layers.policies.get(arn) ?? { revision: "", statements: [] };
        checkRevision(policy, input);
        if (policy.statements.some(({ Sid }) => Sid === statement.Sid)) throw taken(statement.Sid);
        const size = document([...policy.statements, statement]).length;
        if (size > POLICY_LIMIT) throw tooLong(size);
        policy.statements.push(statement);
        policy.revision = randomUUID();
        cloud.layers.policies.set(arn, policy);
        const json = { Statement: JSON.stringify(statement), RevisionId: policy.revision };
        return { status: 201, json };
      };
    },
  },
  {
    name: "GetLayerVersionPolicy",
    method: "GET",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions\/([^/]+)\/policy$/,
    resource: versionResource,
    prepare: (cloud, { parts }) => {
      const arn = versionArn(cloud, parts[0], parts[1]);
      return () => {
        const { statements, revision } = policyOf(cloud, arn);
        return { status: 200, json: { Policy: document(statements), RevisionId: revision } };
      };
    },
  },
  {
    name: "RemoveLayerVersionPermission",
    method: "DELETE",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions\/([^/]+)\/policy\/([^/]+)$/,
    resource: versionResource,
    prepare: (cloud, input) => {
      const arn = versionArn(cloud, input.parts[0], input.parts[1]);
      const id = stringOf(input.parts[2], "statementId", STATEMENT_ID);
      return () => {
        const policy = policyOf(cloud, arn);
        const at = policy.statements.findIndex(({ Sid }) => Sid === id);
        if (at < 0) throw notFound(`Statement ${id} is not found in resource policy.`);
        checkRevision(policy, input);
        policy.statements.splice(at, 1);
        policy.revision = randomUUID();
        if (policy.statements.length === 0) cloud.layers.policies.delete(arn);
        return { status: 204 };
      };
    },
  },
];

function statementOf(cloud: Cloud, arn: string, body: Record<string, unknown>): Statement {
  const id = stringOf(body["StatementId"], "statementId", STATEMENT_ID) ?? "";
  const action = stringOf(body["Action"], "action", {
    required: true,
    max: 22,
    pattern: /lambda:GetLayerVersion/,
  });
  const principal =
    stringOf(body["Principal"], "principal", {
      required: true,
      max: 10000,
      pattern: /\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root/,
    }) ?? "";
  const organization = stringOf(body["OrganizationId"], "organizationId", {
    max: 34,
    pattern: /o-[a-z0-9]{10,32}/,
  });
  if (organization !== undefined && principal !== "*") {
    throw invalid("OrganizationId can be given with the principal * only.");
  }
  const root = principal.startsWith("arn:") ? principal : `arn:${cloud.partition}:iam::${principal}:root`;
  return {
    Sid: id,
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { AWS: root },
    Action: action ?? "",
    Resource: arn,
    ...(organization !== undefined && {
      Condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
    }),
  };
}

function policyOf(cloud: Cloud, arn: string): LayerPolicy {
  if (!cloud.layers.live.has(arn)) throw notFound();
  const policy = cloud.layers.policies.get(arn);
  if (!policy) throw notFound("No policy is associated with the given resource.");
  return policy;
}

function document(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

function checkRevision(policy: LayerPolicy, { query }: Input): void {
  const asked = query.get("RevisionId");
  if (asked !== null && asked !== policy.revision) {
    const message =
      "The RevisionId provided does not match the latest RevisionId. Call the GetLayerVersionPolicy API to retrieve it";
    throw new Refusal(412, "PreconditionFailedException", message);
  }
}

function taken(id: string): Refusal {
  const message = `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
  return new Refusal(409, "ResourceConflictException", message);
}

function tooLong(size: number): Refusal {
  const message = `The final policy size (${size}) is bigger than the limit (${POLICY_LIMIT}).`;
  return new Refusal(400, "PolicyLengthExceededException", message);
}
