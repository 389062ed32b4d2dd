// How the dashboard is built into the server's folder: hashed names, and each file also compressed, once and for all.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const OUT = join(import.meta.dirname, "../haven-server/page/dashboard");
/** What is no larger than this is not worth compressing, in bytes. */
const WORTH_COMPRESSING = 1024;

/** The folder is kept by a file of its own, so only what an earlier build left goes. */
function cleared(): Plugin {
  return {
    name: "haven-cleared",
    apply: "build",
    buildStart() {
      for (const name of readdirSync(OUT)) {
        if (name !== ".gitignore") rmSync(join(OUT, name), { recursive: true });
      }
    },
  };
}

function compressed(): Plugin {
  return {
    name: "haven-compressed",
    apply: "build",
    writeBundle() {
      for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || !/\.(html|js|css|svg)$/.test(entry.name)) continue;
        const bytes = readFileSync(path);
        if (bytes.length <= WORTH_COMPRESSING) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), cleared(), compressed()],
  build: {
    outDir: OUT,
    emptyOutDir: false,
    // Of data in addresses the page's policy knows none.
    assetsInlineLimit: 0,
    // The component library is one part; what not every page needs is fetched apart already.
    chunkSizeWarningLimit: 700,
    // All browsers that have what the page uses load modules ahead by themselves.
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  test: {
    include: ["src/**/*.test.ts", "tests/*.test.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    // Each file of browser tests has a server and a browser: one after the other.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
  // `npm run dev` shows the sources as they change, over a server that runs.
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/api", "/reference", "/openapi.json"].map((path) => [path, process.env["HAVEN_URL"] ?? "http://127.0.0.1:8761"]),
    ),
  },
});
