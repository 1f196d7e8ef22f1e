/** The kinds of vitest suites; the simulation and the bench are programs of their own. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/{kube,api,telemetry,core,providers,runtime,clients,controllers,cli,dashboard,convert,planning,recording,notifications,contracts,simulation,demo,scripts,bench,testbed/data-plane}/**/*.test.ts',
            'test/*.test.ts',
          ],
          exclude: ['test/contracts/{expressions,templates}/**'],
          testTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'differential',
          include: ['test/contracts/{expressions,templates}/**/*.test.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/{testbed/cluster,deploy}/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 1_800_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'apiserver',
          include: ['test/apiserver/**/*.test.ts'],
          globalSetup: ['test/apiserver/global-setup.ts'],
          // Most of a test is waiting, so that more of them run side by side than there are cores.
          maxWorkers: 3,
          maxConcurrency: 4,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'peer',
          include: ['test/peer/**/*.test.ts'],
          globalSetup: ['test/peer/global-setup.ts'],
          maxConcurrency: 4,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'traffic',
          include: ['test/traffic/**/*.test.ts'],
          globalSetup: ['test/traffic/global-setup.ts'],
          // A case takes minutes, and a machine may be ten times as slow.
          testTimeout: 3_600_000,
          hookTimeout: 1_800_000,
          // All of them ask for a turn at once; test/traffic/turns.ts says how many run.
          maxWorkers: 20,
          maxConcurrency: 100,
          sequence: { concurrent: true },
        },
      },
    ],
  },
});
