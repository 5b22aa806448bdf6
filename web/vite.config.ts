/// <reference types="vitest/config" />
import { defineConfig } from "vite";

/** The pages, one folder of hashed assets; both doors serve the pages by name and `/assets/*`. `/embed.js`: vite.embed.config.ts. */
export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    outDir: "../src/stentor/pages",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    // A data: address would be refused by the pages' Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["home.html", "listen.html", "embed.html", "speak.html", "host.html", "record.html", "operate.html", "door.html", "sign-in.html"] },
    chunkSizeWarningLimit: 600,
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
