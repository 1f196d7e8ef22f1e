/** Names that Flagger gives, and names that are given here. */

/** As a part of a name in Kubernetes: lower case, digits and dashes. */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

export function hookTemplateName(canary: string, hook: string): string {
  return `${canary}-${plainName(hook)}`;
}
