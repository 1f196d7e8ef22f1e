/**
 * All suites: `npm test`, and with --full `npm run test:full`, which takes the long forms.
 *
 * What mostly waits (apiserver) runs beside what computes (unit, simulation, cluster). Real requests are sent when
 * nothing else runs, because they are measured.
 */
import { parseArgs } from 'node:util';
import { runSuites } from './suites/run-suites.ts';
import type { Suite } from './suites/suite.ts';

const { full } = parseArgs({ options: { full: { type: 'boolean', default: false } } }).values;

const suites: readonly Suite[] = [
  suite('programs', 'test:programs'),
  suite('unit', 'test:unit'),
  suite('simulation', full ? 'test:sim' : 'test:sim:short', 'unit'),
  suite('counts', 'test:counts', 'unit'),
  suite('differential', 'test:differential', 'programs'),
  suite('cluster', 'test:cluster', 'programs', 'simulation'),
  suite('apiserver', full ? 'test:apiserver:full' : 'test:apiserver', 'programs'),
  // It builds a program that nothing else needs, which takes minutes.
  ...(full ? [suite('peer', 'test:peer', 'apiserver')] : []),
  suite('ingress-nginx', 'test:programs:ingress-nginx', 'programs'),
  traffic('traffic', 'traefik', 'cluster', 'apiserver', 'peer', 'ingress-nginx'),
  traffic('traffic/nginx', 'ingress-nginx', 'traffic'),
  ...(full
    ? [
        suite('contour', 'test:programs:contour', 'ingress-nginx'),
        traffic('traffic/gateway', 'gateway-api', 'traffic/nginx', 'contour'),
        traffic('traffic/contour', 'contour', 'traffic/gateway'),
      ]
    : []),
];

function traffic(name: string, proxy: string, ...after: readonly string[]): Suite {
  const { command } = suite(name, full ? 'test:traffic' : 'test:traffic:short');
  return { name, command: [...command, '--', '--proxy', proxy], after };
}

function suite(name: string, script: string, ...after: readonly string[]): Suite {
  return { name, command: ['npm', 'run', '--silent', script], after };
}

process.exitCode = await runSuites(suites, (line) => process.stdout.write(`${line}\n`));
