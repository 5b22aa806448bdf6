import { defineConfig } from "vite";

/**
 * `/embed.js`, which other people's pages name: its name never changes, so it is built apart from the pages. What it
 * loads later lies beside it under hashed names and is found from the script's own address, not from the page's.
 */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/stentor/pages",
    emptyOutDir: false,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { embed: "src/element/stentor-player.ts" },
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "embed.js", chunkFileNames: "assets/[name]-[hash].js" },
    },
    chunkSizeWarningLimit: 600,
  },
});
