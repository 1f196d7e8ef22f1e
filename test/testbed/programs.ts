/**
 * Builds every program that the suites need and that is not there yet, so that no test has to wait for a build:
 *
 *     node test/testbed/programs.ts
 */
import { findOrBuildBinaries } from './cluster/binaries.ts';
import { findOrBuildExpr } from './cluster/expr-binary.ts';
import { findOrBuildHelm } from './cluster/helm-binary.ts';
import { findOrBuildTemplate } from './cluster/template-binary.ts';
import { findOrBuildPrometheus } from './data-plane/prometheus-binary.ts';
import { findOrBuildTraefik } from './data-plane/traefik-binary.ts';

await findOrBuildBinaries();
await findOrBuildHelm();
await findOrBuildTraefik();
await findOrBuildPrometheus();
await findOrBuildExpr();
await findOrBuildTemplate();
