/** Reads an Experiment. */
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import { EXPERIMENTS } from '../kube/resources.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';

/** Throws for an object that another version of the definition has let through. */
export async function readExperiment(client: Client, object: ObjectName): Promise<Experiment> {
  const parsed = parseExperiment(await client.get(EXPERIMENTS, object));
  if ('experiment' in parsed) return parsed.experiment;
  throw new Error(`experiment '${object.name}' cannot be read: ${parsed.problem}`);
}
