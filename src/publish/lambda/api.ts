import type {
  FunctionConfiguration,
  LayersListItem,
  LayerVersionsListItem,
  PublishLayerVersionCommandInput,
  PublishLayerVersionCommandOutput,
} from "@aws-sdk/client-lambda";
import {
  AddLayerVersionPermissionCommand,
  DeleteLayerVersionCommand,
  paginateListFunctions,
  paginateListLayers,
  paginateListLayerVersions,
  PublishLayerVersionCommand,
} from "@aws-sdk/client-lambda";
import type { AwsOptions, LambdaClients } from "./client.ts";
import { lambdaClients } from "./client.ts";
import type { Doing } from "./fault.ts";
import { awsFault, isFault } from "./fault.ts";
import type { Grant } from "./grant.ts";

/** The most items that Lambda gives in a page of layers or versions. */
const PAGE = 50;

/** The calls to Lambda that sam-pkg makes, each with the permission that it needs; all throw WorkError. */
export class LambdaApi {
  private readonly clients: LambdaClients;
  private readonly signal: AbortSignal;

  constructor(options: AwsOptions, signal: AbortSignal) {
    this.clients = lambdaClients(options, signal);
    this.signal = signal;
  }

  /** Finds the region and the credentials, wherever they come from. */
  async prepare(): Promise<void> {
    const { region, credentials } = this.clients.repeatable.config;
    await this.call({ what: "finding the AWS region", action: "", resource: "" }, region);
    await this.call({ what: "finding AWS credentials", action: "", resource: "" }, async () => credentials());
  }

  /** All versions of a layer, in no order; none of a layer that does not exist. */
  async listVersions(layer: string): Promise<LayerVersionsListItem[]> {
    const doing = {
      what: `listing the versions of layer ${layer}`,
      action: "lambda:ListLayerVersions",
      resource: "*",
    };
    const pages = paginateListLayerVersions(this.paging(PAGE), { LayerName: layer }, this.options());
    return this.all(doing, pages, ({ LayerVersions = [] }) => LayerVersions).catch((error: unknown) => {
      if (error instanceof Error && isFault(error.cause, "ResourceNotFoundException")) return [];
      throw error;
    });
  }

  /**
   * Publishes once: an error of the SDK itself is thrown when it is unknown whether it was carried out, a WorkError when
   * Lambda refused.
   */
  async publish(input: PublishLayerVersionCommandInput): Promise<PublishLayerVersionCommandOutput> {
    return this.clients.once.send(new PublishLayerVersionCommand(input), this.options());
  }

  async deleteVersion(layer: string, version: number): Promise<void> {
    await this.call(
      {
        what: `deleting version ${version} of layer ${layer}`,
        action: "lambda:DeleteLayerVersion",
        resource: `layer:${layer}:${version}`,
      },
      async () =>
        this.clients.repeatable.send(
          new DeleteLayerVersionCommand({ LayerName: layer, VersionNumber: version }),
          this.options(),
        ),
    );
  }

  /** Lets others use a version. @returns false when they could already */
  async allow(layer: string, version: number, grant: Grant): Promise<boolean> {
    const { principal: Principal, organization, statementId: StatementId } = grant;
    const doing = {
      what: `sharing version ${version} of layer ${layer} with ${grant.name}`,
      action: "lambda:AddLayerVersionPermission",
      resource: `layer:${layer}:${version}`,
    };
    return this.call(doing, async () => {
      try {
        await this.clients.repeatable.send(
          new AddLayerVersionPermissionCommand({
            LayerName: layer,
            VersionNumber: version,
            StatementId,
            Action: "lambda:GetLayerVersion",
            Principal,
            ...(organization === undefined ? {} : { OrganizationId: organization }),
          }),
          this.options(),
        );
        return true;
      } catch (error) {
        // A statement of this name is there, and the name says whom it is for.
        if (isFault(error, "ResourceConflictException")) return false;
        throw error;
      }
    });
  }

  /** All layers of the account in the region. */
  async listLayers(): Promise<LayersListItem[]> {
    const doing = { what: "listing layers", action: "lambda:ListLayers", resource: "*" };
    const pages = paginateListLayers(this.paging(PAGE), {}, this.options());
    return this.all(doing, pages, ({ Layers = [] }) => Layers);
  }

  /** All functions of the account in the region, each with `$LATEST` and every published version. */
  async listFunctions(): Promise<FunctionConfiguration[]> {
    const doing = { what: "listing functions", action: "lambda:ListFunctions", resource: "*" };
    const pages = paginateListFunctions(this.paging(PAGE), { FunctionVersion: "ALL" }, this.options());
    return this.all(doing, pages, ({ Functions = [] }) => Functions);
  }

  /** Turns an error of a call into one for the user. */
  fault(error: unknown, doing: Doing): Error {
    return awsFault(error, doing, this.signal);
  }

  private async all<Page, Item>(
    doing: Doing,
    pages: AsyncIterable<Page>,
    items: (page: Page) => Item[],
  ): Promise<Item[]> {
    return this.call(doing, async () => {
      const found: Item[] = [];
      for await (const page of pages) found.push(...items(page));
      return found;
    });
  }

  private async call<T>(doing: Doing, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw this.fault(error, doing);
    }
  }

  private paging(pageSize: number) {
    return { client: this.clients.repeatable, pageSize };
  }

  private options() {
    return { abortSignal: this.signal };
  }
}
