import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the page from Vite and everything else from a running engine:
//   TRIPLEDASH_ENGINE=http://127.0.0.1:7333 npm run dev
// The engine accepts only its own Host and Origin, so both are set on the way.
const engine = process.env["TRIPLEDASH_ENGINE"] ?? "http://127.0.0.1:7333";
const authority = `tripledash.localhost:${new URL(engine).port || "80"}`;

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", chunkSizeWarningLimit: 900 },
  server: {
    proxy: {
      "/api": { target: engine, headers: { host: authority, origin: `http://${authority}` } },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
