/** What the pages know of the person who looks at them. */
import type { Me } from '../wire.ts';
import { VERSION } from '../../version.ts';
import type { Person } from './person.ts';

/** What is read for it is what the list needs next. */
export async function meOf(person: Person): Promise<Omit<Me, 'signIn'>> {
  const { user, cluster } = person;
  const lease = person.list(null);
  try {
    const namespaces = await lease.value.namespaces();
    return { signedIn: true, user, namespace: homeOf(user) ?? cluster.namespace, namespaces, version: VERSION };
  } finally {
    lease.release();
  }
}

/** A ServiceAccount is at home in its namespace. */
function homeOf(user: string | null): string | null {
  return /^system:serviceaccount:([^:]+):/.exec(user ?? '')?.[1] ?? null;
}
