// Counts the tests as the other suites do.

import type { Reporter, TestModule } from "vitest/node";

export default class Counting implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === "passed").length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const failed = states.length - passed + broken;
    console.log(`test result: ${failed === 0 ? "ok" : "FAILED"}. ${passed} passed; ${failed} failed; of the dashboard`);
  }
}
