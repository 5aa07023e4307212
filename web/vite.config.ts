import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './build/precompress.ts'

const api = process.env.STINT_API ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 700, reportCompressedSize: false },
  server: {
    proxy: {
      '/graphql': { target: api, ws: true },
      '/api': { target: api },
    },
  },
})
