/** Which annotations of the canary Ingresses say where requests go: other writers of them are in our way. */
import { NGINX_CANARY_ANNOTATIONS } from '../../../api/words/labels.ts';
import { isControlledBy } from '../../../kube/owners.ts';
import { INGRESSES } from '../../../kube/resources.ts';
import type { Situation } from '../../observed/situation.ts';
import type { WrittenField } from '../router.ts';
import { annotationPrefix, nginxOf } from './ingress.ts';
import { ingressesIn } from './observed.ts';

export function writtenAnnotations({ world, rollout }: Situation): readonly WrittenField[] {
  const prefix = annotationPrefix(nginxOf(rollout));
  const keys = Object.values(NGINX_CANARY_ANNOTATIONS).map((key) => `${prefix}/${key}`);
  return [...ingressesIn(world).values()]
    .filter((object) => isControlledBy(object, rollout.metadata.uid))
    .flatMap((object) => keys.map((key) => ({ resource: INGRESSES, object, path: ['metadata', 'annotations', key] })));
}
