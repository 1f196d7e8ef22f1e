/** Does what a person commands: the same patches as the command line sends, in the person's name. */
import { changeImages } from '../../clients/change-images.ts';
import type { Cluster } from '../../clients/cluster.ts';
import { findWayBack, goBack } from '../../clients/go-back.ts';
import { readRollout } from '../../clients/read-rollout.ts';
import { sendPatches } from '../../clients/send-patches.ts';
import { commandPatches, type Command } from '../../core/view/commands.ts';
import { PAUSE, restartPatches, RESUME, TERMINATE, type CommandPatch } from '../../core/view/plain-commands.ts';
import { ANALYSIS_RUNS, ROLLOUTS } from '../../kube/resources.ts';
import type { CommandRequest } from '../wire.ts';
import { HttpProblem } from './problem.ts';

interface Target {
  readonly namespace: string;
  readonly name: string;
}

type Connection = Pick<Cluster, 'client' | 'clock'>;

/** What was done, in a sentence without a full stop. Rejects with what the API server says, or with a problem. */
export async function giveCommand(cluster: Connection, target: Target, request: CommandRequest): Promise<string> {
  const { client, clock } = cluster;
  const { namespace, name } = target;
  switch (request.command) {
    case 'promote':
      return steer(cluster, target, 'promote', `${name} is promoted`);
    case 'promoteFull':
      return steer(cluster, target, 'promoteFull', `${name} is promoted in full`);
    case 'abort':
      return steer(cluster, target, 'abort', `the update of ${name} is given up`);
    case 'retry':
      return steer(cluster, target, 'retry', `the update of ${name} is tried again`);
    case 'pause':
      return send(cluster, target, PAUSE, `${name} is paused`);
    case 'resume':
      return send(cluster, target, RESUME, `${name} goes on`);
    case 'restart':
      return send(cluster, target, restartPatches(clock.now()), `the pods of ${name} are restarted`);
    case 'setImages': {
      const done = await changeImages(client, target, wanted(request.images, 'images'));
      if ('problem' in done) throw new HttpProblem(400, done.problem);
      return `the image of ${done.changed} is changed`;
    }
    case 'undo': {
      const way = await findWayBack(client, target, wanted(request.revision, 'revision'));
      const { found } = way;
      if ('problem' in found) throw new HttpProblem(400, found.problem);
      if ('matches' in found) return `nothing was changed: the template is that of revision ${found.matches} already`;
      await goBack(client, way);
      return `${name} goes back to revision ${found.revision}`;
    }
    case 'terminate': {
      const run = wanted(request.run, 'run');
      await sendPatches(client, ANALYSIS_RUNS, { namespace, name: run }, TERMINATE);
      return `${run} is ended`;
    }
  }
}

async function steer(cluster: Connection, target: Target, command: Command, said: string): Promise<string> {
  return send(cluster, target, commandPatches(await readRollout(cluster.client, target), command), said);
}

async function send(
  { client }: Connection,
  target: Target,
  patches: readonly CommandPatch[],
  said: string,
): Promise<string> {
  await sendPatches(client, ROLLOUTS, target, patches);
  return said;
}

function wanted<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new HttpProblem(400, `the command needs ${field}`);
  return value;
}
