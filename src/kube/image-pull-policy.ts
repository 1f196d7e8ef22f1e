/**
 * The pull policy that Kubernetes sets for a container without one. It depends only on the image reference.
 */

// The grammar of image references: https://github.com/distribution/reference/blob/main/reference.go
const HOST = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${HOST}(?:\\.${HOST})*|\\[[a-fA-F0-9:]+\\])(?::\\d+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = `${PATH_PART}(?:/${PATH_PART})*`;
const TAG = '\\w[\\w.-]{0,127}';
const DIGEST = 'sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}';
const REFERENCE = new RegExp(`^(?:${DOMAIN}/)?${PATH}(?::(?<tag>${TAG}))?(?:@(?<digest>${DIGEST}))?$`);

/** An image ID is no reference. */
const IDENTIFIER = /^[a-f0-9]{64}$/;

/** `Always` for the tag `latest`, named or implied, and `IfNotPresent` for anything else, unreadable references included. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const groups = IDENTIFIER.test(image) ? undefined : REFERENCE.exec(image)?.groups;
  if (groups === undefined) return 'IfNotPresent';
  const tag = groups['tag'] ?? (groups['digest'] === undefined ? 'latest' : '');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}
