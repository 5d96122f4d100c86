import { defineConfig } from "vitest/config";

// The AWS SDK's advice on Node versions.
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
/** A busy machine is no failure. */
const PATIENCE = 60_000;

// unit: no daemon, no network. judged: SAM's own code is asked, side by side. e2e: the built CLI against the lab's real
// parts, one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/judged/**", "test/e2e/**"],
          env: QUIET,
          testTimeout: PATIENCE,
        },
      },
      {
        test: {
          name: "judged",
          include: ["test/judged/**/*.test.ts"],
          env: QUIET,
          globalSetup: ["test/lab/setup.ts"],
          testTimeout: 5 * PATIENCE,
          hookTimeout: 5 * PATIENCE,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          env: QUIET,
          globalSetup: ["test/lab/setup.ts"],
          fileParallelism: false,
          testTimeout: 5 * PATIENCE,
          hookTimeout: 10 * PATIENCE,
        },
      },
    ],
  },
});
